#include "lab/scenario.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <toml++/toml.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/shipped.hpp"

namespace weir::lab {
namespace {

constexpr std::size_t connections_max = 1'000'000;
constexpr std::array keys{"question",    "about",     "service", "judge",       "goal",
                          "connections", "window_ms", "serve",   "contestants", "load",
                          "percents",    "unpinned",  "losses",  "beside"};
constexpr std::array beside_keys{"load", "after_ms", "through"};

/// Where a scenario is read from, for its error messages.
struct Place {
  std::string_view name;

  [[noreturn]] void refuse(const toml::node& node, const std::string& why) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", name, node.source().begin.line, why));
  }
};

template <typename Keys>
void refuse_others(const Place& place, const toml::table& table, const Keys& known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    place.refuse(node,
                 fmt::format("there is no '{}' (only {})", key.str(), fmt::join(known, ", ")));
  }
}

std::string text_at(const Place& place, const toml::table& table, const char* key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return "";
  if (!node->is_string()) place.refuse(*node, fmt::format("{} is to be a text", key));
  return node->as_string()->get();
}

std::vector<std::string> texts_at(const Place& place, const toml::table& table, const char* key) {
  std::vector<std::string> texts;
  const toml::node* node = table.get(key);
  if (node == nullptr) return texts;
  const toml::array* array = node->as_array();
  if (array == nullptr) place.refuse(*node, fmt::format("{} is to be a list of texts", key));
  for (const toml::node& each : *array) {
    if (!each.is_string()) place.refuse(each, fmt::format("{} is to be a list of texts", key));
    texts.push_back(each.as_string()->get());
  }
  return texts;
}

std::size_t number_at(const Place& place, const toml::table& table, const char* key,
                      std::size_t least, std::size_t most) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return 0;
  const toml::value<int64_t>* value = node->as_integer();
  if (value == nullptr || value->get() < static_cast<int64_t>(least) ||
      value->get() > static_cast<int64_t>(most)) {
    place.refuse(*node, fmt::format("{} is to be a number from {} to {}", key, least, most));
  }
  return static_cast<std::size_t>(value->get());
}

std::vector<BesideLoad> besides_of(const Place& place, const toml::table& table) {
  constexpr std::size_t after_ms_max = 60'000;
  std::vector<BesideLoad> loads;
  const toml::node* node = table.get("beside");
  if (node == nullptr) return loads;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    place.refuse(*node, "beside is to be a list of tables: [[beside]]");
  }
  for (const toml::node& each : *array) {
    const toml::table& beside = *each.as_table();
    refuse_others(place, beside, beside_keys);
    BesideLoad load;
    load.words = texts_at(place, beside, "load");
    load.through = texts_at(place, beside, "through");
    load.after = std::chrono::milliseconds(number_at(place, beside, "after_ms", 0, after_ms_max));
    loads.push_back(std::move(load));
  }
  return loads;
}

bool flag_at(const Place& place, const toml::table& table, const char* key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return false;
  if (!node->is_boolean()) place.refuse(*node, fmt::format("{} is to be true or false", key));
  return node->as_boolean()->get();
}

/// `p99<20ms`
Goal goal_at(const Place& place, const toml::node& node, const std::string& text) {
  struct Unit {
    std::string_view name;
    double ns;
  };
  constexpr std::array units{Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}};
  Goal goal;
  goal.text = text;
  const std::string_view figure = std::string_view(text).substr(0, text.find('<'));
  goal.figure = figure == "p50" ? Criterion::p50 : Criterion::p99;
  char* end = nullptr;
  const bool begins = figure == "p50" || figure == "p99";
  const double number = begins && text.size() > 4 ? std::strtod(text.c_str() + 4, &end) : 0;
  for (const Unit& unit : units) {
    if (end != nullptr && unit.name == end) goal.below_ns = number * unit.ns;
  }
  if (!(goal.below_ns > 0)) place.refuse(node, "goal is to be as p99<20ms, or p50<500us");
  return goal;
}

/// The rates of a curve, which are those of an open loop, and need something to be held against.
std::vector<std::size_t> percents_at(const Place& place, const toml::table& table,
                                     const Scenario& scenario) {
  constexpr int64_t most = 200;
  std::vector<std::size_t> percents;
  const toml::node* node = table.get("percents");
  if (node == nullptr) return percents;
  const toml::array* array = node->as_array();
  if (array == nullptr) place.refuse(*node, "percents is to be a list of numbers, as [50, 90]");
  for (const toml::node& each : *array) {
    const int64_t percent = each.value_or(int64_t{0});
    if (percent < 1 || percent > most ||
        percent <= static_cast<int64_t>(percents.empty() ? 0 : percents.back())) {
      place.refuse(each, fmt::format("percents are to be numbers from 1 to {}, in order", most));
    }
    percents.push_back(static_cast<std::size_t>(percent));
  }
  if (!scenario.goal || scenario.judge != Criterion::rate) {
    place.refuse(*node,
                 "percents finds the highest rate that keeps to a goal: say the goal, and "
                 "judge = \"rate\"");
  }
  for (const char* other : {"-r", "--rate", "--arrivals", "--think", "--think-fixed"}) {
    if (std::find(scenario.load.begin(), scenario.load.end(), other) == scenario.load.end())
      continue;
    place.refuse(*node, fmt::format("percents says the rates; leave {} out of load", other));
  }
  return percents;
}

Scenario scenario_of(const Place& place, const toml::table& table) {
  refuse_others(place, table, keys);
  Scenario scenario;
  scenario.question = text_at(place, table, "question");
  scenario.about = text_at(place, table, "about");
  if (table.contains("service")) scenario.service = text_at(place, table, "service");
  if (const toml::node* judge = table.get("judge")) {
    try {
      scenario.judge = parse_criterion(text_at(place, table, "judge"));
    } catch (const std::runtime_error& error) {
      place.refuse(*judge, error.what());
    }
  }
  if (const toml::node* goal = table.get("goal")) {
    scenario.goal = goal_at(place, *goal, text_at(place, table, "goal"));
  }
  scenario.connections = number_at(place, table, "connections", 1, connections_max);
  if (table.contains("window_ms")) {
    scenario.window = std::chrono::milliseconds(number_at(place, table, "window_ms", 1, 600'000));
  }
  scenario.serve = texts_at(place, table, "serve");
  scenario.contestants = texts_at(place, table, "contestants");
  for (const std::string& contestant : scenario.contestants) {
    if (words_of(contestant).empty()) place.refuse(*table.get("contestants"), "a name is empty");
  }
  scenario.load = texts_at(place, table, "load");
  scenario.percents = percents_at(place, table, scenario);
  scenario.beside = besides_of(place, table);
  scenario.unpinned = flag_at(place, table, "unpinned");
  scenario.losses = flag_at(place, table, "losses");
  if (scenario.question.empty()) place.refuse(table, "question is missing");
  if (scenario.connections == 0) place.refuse(table, "connections is missing");
  return scenario;
}

}  // namespace

std::size_t clients_of(const Scenario& scenario) {
  std::size_t clients = scenario.connections;
  for (std::size_t i = 1; i < scenario.load.size(); ++i) {
    if (scenario.load[i - 1] != "--persona") continue;
    std::istringstream personas(scenario.load[i]);  // idle=8000,aborter=2
    for (std::string persona; std::getline(personas, persona, ',');) {
      clients += std::strtoul(persona.c_str() + persona.find('=') + 1, nullptr, 10);
    }
  }
  return clients;
}

Scenario parse_scenario(std::string_view text, std::string_view name) {
  const Place place{name};
  Scenario scenario;
  try {
    scenario = scenario_of(place, toml::parse(text));
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(fmt::format("{}:{}: it is no TOML: {}", name,
                                         error.source().begin.line, error.description()));
  }
  scenario.name = std::filesystem::path(name).stem().string();
  scenario.text = text;
  return scenario;
}

Scenario read_scenario(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    throw std::runtime_error(
        fmt::format("can't read the scenario {}; is it there?", file.string()));
  }
  return parse_scenario(text.str(), file.string());
}

const std::vector<Scenario>& shipped_scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> scenarios;
    for (const ShippedFile& file : shipped_files()) {
      scenarios.push_back(parse_scenario(file.text, file.name));
    }
    return scenarios;
  }();
  return all;
}

std::vector<std::string> shipped_names() {
  std::vector<std::string> names;
  for (const ShippedFile& file : shipped_files()) {
    names.push_back(std::filesystem::path(file.name).stem().string());
  }
  return names;
}

Scenario find_scenario(const std::string& name) {
  if (name.find_first_of("/.") != std::string::npos) return read_scenario(name);
  for (const Scenario& scenario : shipped_scenarios()) {
    if (scenario.name == name) return scenario;
  }
  throw std::runtime_error(fmt::format("there is no scenario '{}' (only {}; or a file: ./{}.toml)",
                                       name, fmt::join(shipped_names(), ", "), name));
}

}  // namespace weir::lab
