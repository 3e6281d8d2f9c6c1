// What can be said after the verb predict.
#include <fmt/format.h>

#include "cli/lists.hpp"
#include "cli/suggest.hpp"
#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_predict(CommandLine& line) {
  if (service_name_ == ServiceName::understood) return;  // what is predicted is weir's own framed
  Verb verb = line.verb("predict", "Measure",
                        "Say what a request will cost under each model, from the price list");
  verb.text("--prices", "FILE", predict_.prices,
            "what weir prices wrote; else it measures them now");
  verb.option("-m,--models", "MODEL,...", "which models", listed(prices::predicted_models()),
              [this](const std::string& word) { predict_.models = parts_of(word); });
  verb.number("-c,--connections", "N", predict_.load.connections, "that ask", 1, 100'000'000);
  verb.option("-r,--rate", "N", "so many requests a second; else each asks again at once", "",
              [this](const std::string& word) {
                predict_.load.rate_rps =
                    static_cast<double>(Verb::parse_number(word, 1, 100'000'000));
              });
  verb.flag("--churn", predict_.load.churn, "a connection for each request");
  verb.option(
      "--cores", "N", "of another machine with the same prices: what it could do", "",
      [this](const std::string& word) { predict_.cores = Verb::parse_number(word, 1, 100'000); });
  verb.flag("--measure", predict_.measure, "and then measure it, and say by how much it was off");
  verb.number("--blocks", "N", predict_.blocks, "how often that is measured", 1, 1000);
  add_idle_cpus(verb, predict_.idle_cpus);
  verb.text("--json", "FILE", predict_.json, "where it is written down before; -: stdout");
  verb.flag("-q,--quiet", predict_.quiet, "no progress");
  verb.examples({program_ + " predict -c 256 --measure",
                 program_ + " predict --prices prices.json -c 100000 --cores 32"});
  verb.action([this] { return predict(services_, predict_); });
}

}  // namespace weir::cli
