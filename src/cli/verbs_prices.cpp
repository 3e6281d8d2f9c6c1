// What can be said after the verb that prices: prices.
#include <fmt/format.h>

#include "cli/lists.hpp"
#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_prices(CommandLine& line) {
  Verb verb = line.verb("prices", "Measure", "Say what a switch, a thread, a call cost here");
  verb.option("--only", "NAME,...", "these prices only, as the list names them", "",
              [this](const std::string& word) { prices_.only = parts_of(word); });
  verb.flag("--quick", prices_.quick, "a look, within a second");
  add_idle_cpus(verb, prices_.idle_cpus);
  verb.text("--json", "FILE", prices_.json, "write the list to this file; -: stdout");
  verb.flag("-q,--quiet", prices_.quiet, "no progress");
  verb.examples({program_ + " prices          # some twelve seconds",
                 program_ + " prices --quick --only thread_switch,process_switch"});
  verb.action([this] { return prices(prices_); });
}

}  // namespace weir::cli
