// Trials from a file, as `weir compare` left them.
#include <stdexcept>

#include <fmt/format.h>

#include "lab/json.hpp"
#include "lab/results_read.hpp"
#include "lab/trial.hpp"

namespace weir::lab {

std::vector<Trial> trials_from_json(std::string_view text) {
  const Json json = Json::parse(text);
  if (json.at("schema").text_or("") != "weir.scenarios/1") {
    throw std::runtime_error("it is not what weir compare writes of scenarios");
  }
  std::vector<Trial> trials;
  for (const Json& each : json.at("scenarios").elements()) {
    Scenario scenario =
        parse_scenario(each.at("file").text_or(""), each.at("name").text_or("scenario") + ".toml");
    trials.push_back(judge_trial(std::move(scenario), from_json(each.at("comparison").dump(0))));
  }
  if (trials.empty()) throw std::runtime_error("there is no scenario in it");
  return trials;
}

}  // namespace weir::lab
