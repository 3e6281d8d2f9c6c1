// What can be said after the verb race.
#include "cli/lists.hpp"
#include "cli/model_table.hpp"
#include "cli/suggest.hpp"
#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_race(CommandLine& line) {
  Verb verb = line.verb("race", "Measure", "Let the models answer in turns, and watch");
  if (service_name_ == ServiceName::said) {
    verb.word("SERVICE", service_, service_help(services_), Verb::Needed::no);
  }
  CompareOptions& compare = race_.compare;
  compare.json.clear();
  verb.option("-m,--models", "MODEL,...", "which models", listed(model_names()),
              [&compare](const std::string& word) { compare.models = parts_of(word); });
  verb.number("-c,--connections", "N", race_.connections, "that ask at once again", 1, 100'000);
  verb.number("--rounds", "N", race_.rounds, "turns of each, in random order", 1, 1'000);
  verb.number("--seed", "N", compare.seed, "of the order");
  add_idle_cpus(verb, compare.idle_cpus);
  verb.text("--json", "FILE", compare.json, "the result; -: stdout");
  verb.flag("-q,--quiet", compare.quiet, "only the result");
  given_.add_to(verb, services_);
  verb.examples({program_ + " race", program_ + " race -m fork,thread,epoll -c 256 --rounds 20"});
  verb.action([this] {
    const Service& chosen = service();
    given_.give_to(chosen);
    race_.compare.serve_words = given_.words();
    race_.compare.name_service = service_name_ == ServiceName::said;
    return race(chosen, race_);
  });
}

}  // namespace weir::cli
