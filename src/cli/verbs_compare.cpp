// What can be said after the verb compare.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/failure.hpp"
#include "cli/lists.hpp"
#include "cli/model_table.hpp"
#include "cli/scenarios.hpp"
#include "cli/suggest.hpp"
#include "cli/units.hpp"
#include "cli/verbs.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t clients_max = 1'000'000;
constexpr std::uint64_t blocks_max = 1'000;
constexpr Duration window_min = std::chrono::milliseconds(1);

/// Of the sweep alone: who says one of them wants the sweep.
constexpr std::array of_the_sweep{"--sweep", "--connections", "--by-hand", "--picture"};
/// Each says which loads are judged.
constexpr std::array loads{"--scenario", "--all", "--ask"};
/// Each says how often everything is measured.
constexpr std::array efforts{"--blocks", "--quick", "--thorough", "--budget"};

void add_scenario_options(Verb& verb, CompareOptions& compare) {
  verb.option("--scenario", "NAME,...",
              fmt::format("judge them under these loads: {}; all, or files; unless said otherwise "
                          "six of them (default)",
                          listed(scenario_names())),
              "", [&compare](const std::string& word) { compare.scenarios = parts_of(word); });
  verb.flag("--all", "the same as --scenario all: each that ships, some eleven minutes",
            [&compare] { compare.scenarios = {"all"}; });
  verb.text(
      "--ask", "LOAD", compare.ask,
      "judge them under a load of your own: 'connections=200 rate=2000 cpu=50us 10% block=5ms'; "
      "docs/SCENARIOS.md tells its words");
  verb.text("--show-scenario", "NAME", compare.show_scenario,
            "print a scenario, to be copied and changed; with --ask: ask");
}

void add_sweep_options(Verb& verb, CompareOptions& compare) {
  verb.flag("--sweep", compare.sweep,
            "judge them under full load at several numbers of connections instead");
  verb.option("-c,--connections", "N,...", "of the sweep: which numbers",
              fmt::format("{}", fmt::join(compare.connections, ",")),
              [&compare](const std::string& word) {
                compare.connections.clear();
                for (const std::string& part : parts_of(word)) {
                  compare.connections.push_back(
                      static_cast<std::uint32_t>(Verb::parse_number(part, 1, clients_max)));
                }
              });
  verb.flag("--by-hand", compare.by_hand,
            "of framed's sweep: each model written out without weir, too");
  verb.text("--picture", "FILE", compare.picture, "of the sweep: one SVG of the result");
}

void add_effort_options(Verb& verb, CompareOptions& compare) {
  Effort& effort = compare.effort;
  verb.option("--blocks", "N", "how often each is measured", "3",
              [&effort](const std::string& word) {
                effort.blocks = Verb::parse_number(word, 1, blocks_max);
              });
  verb.flag("--quick", effort.quick, "2 blocks: a look");
  verb.flag("--thorough", effort.thorough, "8 blocks, for differences of a tenth");
  verb.option("--budget", "TIME", "as many blocks as fit into this", "",
              [&effort](const std::string& word) { effort.budget = parse_duration(word); });
  verb.option(
      "--window", "TIME", "how long one measurement takes", "500ms; sweep 700ms",
      [&compare](const std::string& word) {
        const Duration window = parse_duration(word);
        if (window < window_min) {
          throw std::invalid_argument(fmt::format("'{}' is too short; write 1ms or more", word));
        }
        compare.window = window;
      });
  verb.number("--seed", "N", compare.seed, "of the order");
  add_idle_cpus(verb, compare.idle_cpus);
  verb.flag("--plan", compare.plan_only, "say what would run and how long, and leave");
}

void add_result_options(Verb& verb, CompareOptions& compare) {
  verb.text("--json", "FILE", compare.json,
            "all figures; -: stdout (scenarios.json, of the sweep results.json)");
  verb.text("--report", "FILE", compare.report, "the page (likewise .html, report.html)");
  verb.option(
      "--export", "WHAT",
      "tables for a pull request or a spreadsheet: markdown or csv, on stdout, or a file that "
      "ends in .md or .csv",
      "", [&compare](const std::string& word) { compare.tables = parse_export(word); });
  verb.text("--baseline", "FILE", compare.baseline,
            "hold it against what an earlier comparison wrote; exit code 4: something is worse, "
            "beyond the noise of both");
  verb.flag("-q,--quiet", compare.quiet, "no progress");
}

void refuse_together(Verb& verb) {
  for (const char* sweep : of_the_sweep) {
    for (const char* load : loads) verb.either(load, sweep);
  }
  verb.either("--all", "--scenario");
  verb.either("--ask", "--scenario");
  verb.either("--ask", "--all");
  verb.either("--ask", "--against");
  for (std::size_t one = 0; one < efforts.size(); ++one) {
    for (std::size_t other = one + 1; other < efforts.size(); ++other) {
      verb.either(efforts[one], efforts[other]);
    }
  }
}

}  // namespace

bool Verbs::sweep_is_meant(const Verb& verb) const {
  const bool said = std::any_of(of_the_sweep.begin(), of_the_sweep.end(),
                                [&verb](const char* option) { return verb.said(option); });
  // The scenarios load weir's own services; who has one alone, or names it, means that.
  return said || !service_.empty() || !given_.words().empty() ||
         service_name_ == ServiceName::understood;
}

void Verbs::add_compare(CommandLine& line) {
  Verb verb = line.verb("compare", "Measure", "Measure the models against each other, and explain");
  if (service_name_ == ServiceName::said) {
    verb.word("SERVICE", service_, "of the sweep: " + service_help(services_), Verb::Needed::no);
  }
  verb.option("-m,--models", "MODEL,...", "which models", listed(model_names()),
              [this](const std::string& word) { compare_.models = parts_of(word); });
  verb.texts(
      "--against", "NAME=COMMAND",
      "a server that isn't weir's, beside them: node='node server.js {port}'; again for more; "
      "docs/AGAINST.md",
      [this](const std::string& word) { compare_.against.push_back(parse_against(word)); });
  add_scenario_options(verb, compare_);
  add_sweep_options(verb, compare_);
  add_effort_options(verb, compare_);
  add_result_options(verb, compare_);
  refuse_together(verb);
  given_.add_to(verb, services_);
  verb.examples({program_ + " compare          # some two minutes: what to take for which load",
                 program_ + " compare --ask 'connections=500 rate=2000 block=3ms p99<20ms'",
                 program_ + " compare --scenario block,mixed --thorough",
                 program_ + " compare --sweep -m thread,epoll -c 64,1000"});
  verb.action([this, verb] { return chosen_comparison(verb); });
}

int Verbs::chosen_comparison(const Verb& verb) {
  compare_.name_service = service_name_ == ServiceName::said;
  if (!compare_.ask.empty() && compare_.show_scenario == "ask") return show_asked(compare_.ask);
  if (!compare_.show_scenario.empty()) return show_scenario(compare_.show_scenario);
  if (verb.said("--ask") && compare_.ask.empty()) {
    throw Failure(wrong_usage,
                  "--ask: it is empty; say as in 'connections=200 rate=2000 block=5ms'");
  }
  if (compare_.scenarios.empty() && compare_.ask.empty() && sweep_is_meant(verb)) {
    const Service& chosen = service();
    given_.give_to(chosen);
    compare_.serve_words = given_.words();
    return compare(chosen, compare_);
  }
  if (!service_.empty()) {
    throw Failure(wrong_usage, fmt::format("a scenario says itself which service it loads; "
                                           "leave '{}' out",
                                           service_));
  }
  if (!given_.words().empty()) {
    throw Failure(wrong_usage, fmt::format("a scenario says itself what its servers are told; "
                                           "leave {} out",
                                           given_.words().front()));
  }
  if (!verb.said("--json")) compare_.json = "scenarios.json";  // explain reads the other
  if (!verb.said("--report")) compare_.report = "scenarios.html";
  return compare_scenarios(services_, compare_);
}

}  // namespace weir::cli
