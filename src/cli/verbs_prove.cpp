// What can be said after the verb that proves: sim.
#include <fmt/format.h>

#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_sim(CommandLine& line) {
  Verb verb = line.verb("sim", "Prove", "Run a service in a simulated network that has faults");
  service_word(verb);
  verb.number("--seeds", "N", sim_.seeds, "how many runs, each with a seed of its own", 1,
              1'000'000'000);
  verb.number("--first-seed", "N", sim_.first_seed, "the seed of the first");
  verb.option(
      "--seed", "N", "run this seed only, and print its trace", "",
      [this](const std::string& word) { sim_.seed = Verb::parse_number(word, 0, UINT64_MAX); });
  verb.text("--json", "FILE", sim_.json, "write the result to this file; -: stdout");
  verb.flag("-v,--verbose", sim_.verbose, "how often each fault came to each operation");
  verb.either("--seed", "--seeds");
  verb.either("--seed", "--first-seed");
  given_.add_to(verb, services_);
  verb.examples({example("sim", "--seeds 2000"), example("sim", "--seed 1234")});
  verb.action([this] {
    const Service& chosen = service();
    given_.give_to(chosen);
    const bool said = service_name_ == ServiceName::said;
    sim_.again = fmt::format("{} sim{}", program_, said ? " " + chosen.name : "");
    for (const std::string& word : given_.words()) sim_.again += " " + word;
    return sim(chosen, sim_);
  });
}

}  // namespace weir::cli
