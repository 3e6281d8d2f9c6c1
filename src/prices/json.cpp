#include "lab/json.hpp"

#include <stdexcept>

#include "lab/machine_json.hpp"
#include "prices/prices.hpp"

namespace weir::prices {
namespace {

using lab::Json;

constexpr const char* schema = "weir.prices/1";

Json of(const Price& price) {
  Json json;
  json.set("name", price.item.name);
  json.set("title", price.item.title);
  json.set("median_ns", price.median_ns);
  json.set("min_ns", price.min_ns);
  json.set("max_ns", price.max_ns);
  json.set("times", static_cast<double>(price.times));
  Json rounds = Json::array();
  for (const double round_ns : price.rounds_ns) rounds.push(round_ns);
  json.set("rounds_ns", rounds);
  json.set("how", price.item.how);
  json.set("source", price.item.source);
  return json;
}

Price price_from(const Json& json) {
  Price price;
  price.item = {json.at("name").text_or(""), json.at("title").text_or(""),
                json.at("how").text_or(""), json.at("source").text_or("")};
  if (price.item.name.empty()) throw std::runtime_error("one of its prices has no name");
  price.median_ns = json.at("median_ns").figure();
  price.min_ns = json.at("min_ns").figure();
  price.max_ns = json.at("max_ns").figure();
  price.times = static_cast<std::uint64_t>(json.at("times").number_or(0));
  for (const Json& round : json.at("rounds_ns").elements()) {
    price.rounds_ns.push_back(round.number_or(0));
  }
  return price;
}

}  // namespace

std::string to_json(const PriceList& list) {
  Json json;
  json.set("schema", schema);
  json.set("version", list.version);
  json.set("started", list.started);
  json.set("elapsed_s", list.elapsed_s);
  json.set("interrupted", list.interrupted);
  json.set("command", list.command);
  json.set("rounds", static_cast<double>(list.rounds));
  json.set("slice_ms", list.slice_ms);
  json.set("machine", lab::json_of(list.machine));
  Json cpus = Json::array();
  for (const int cpu : list.cpus) cpus.push(static_cast<double>(cpu));
  json.set("cpus", cpus);
  Json conclusions = Json::array();
  for (const std::string& sentence : list.conclusions) conclusions.push(sentence);
  json.set("conclusions", conclusions);
  Json prices = Json::array();
  for (const Price& price : list.prices) prices.push(of(price));
  json.set("prices", prices);
  return json.dump(2) + "\n";
}

PriceList from_json(std::string_view text) {
  const Json json = Json::parse(text);
  if (json.at("schema").text_or("") != schema) {
    throw std::runtime_error("it is not what weir prices writes (schema weir.prices/1)");
  }
  PriceList list;
  list.version = json.at("version").text_or("");
  list.started = json.at("started").text_or("");
  list.elapsed_s = json.at("elapsed_s").number_or(0);
  list.interrupted = json.at("interrupted").bool_or(false);
  list.command = json.at("command").text_or("");
  list.rounds = static_cast<std::size_t>(json.at("rounds").number_or(0));
  list.slice_ms = json.at("slice_ms").number_or(0);
  list.machine = lab::machine_from(json.at("machine"));
  for (const Json& cpu : json.at("cpus").elements()) {
    list.cpus.push_back(static_cast<int>(cpu.number_or(-1)));
  }
  for (const Json& sentence : json.at("conclusions").elements()) {
    list.conclusions.push_back(sentence.text_or(""));
  }
  for (const Json& price : json.at("prices").elements()) list.prices.push_back(price_from(price));
  return list;
}

}  // namespace weir::prices
