// compare --ask: the user's own mixture, in one line.
#include "cli/ask.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/units.hpp"
#include "lab/experiment.hpp"

namespace weir::cli {
namespace {

constexpr double asked_connections_max = 100'000;
constexpr double rate_max = 1'000'000;
constexpr Duration wait_max = std::chrono::seconds(10);
constexpr const char* keys =
    "connections=, active=, rate=, think=, sleep=, block=, cpu=, reply=, by=, p50<, p99<, or a "
    "share "
    "as 10%";

[[noreturn]] void refuse(const std::string& why) {
  throw Failure(wrong_usage, "--ask: " + why);
}

double number_of(const std::string& word, std::string_view value, double least, double most) {
  double number = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !(number >= least) ||
      number > most) {
    refuse(fmt::format("'{}' needs a number from {} to {}", word, least, most));
  }
  return number;
}

Duration time_of(const std::string& word, const std::string& value) {
  try {
    const Duration time = parse_duration(value);
    if (time <= wait_max) return time;
  } catch (const std::invalid_argument&) {
    refuse(fmt::format("'{}' needs a time with its unit, as 5ms or 50us", word));
  }
  refuse(fmt::format("'{}' is longer than {}", word, text_of(wait_max)));
}

std::string size_of(const std::string& word, const std::string& value) {
  constexpr std::size_t reply_max = std::size_t{16} << 20;
  try {
    const std::size_t bytes = parse_bytes(value);
    if (bytes > 0 && bytes <= reply_max) return fmt::format("{}B", bytes);
  } catch (const std::invalid_argument&) {
    refuse(fmt::format("'{}' needs a size with its unit, as 4KiB", word));
  }
  refuse(fmt::format("'{}' is none from 1B to 16MiB", word));
}

/// What a word says of a request; false: it says nothing of it.
bool take_work(AskedWork& work, const std::string& word, const std::string& key,
               const std::string& value) {
  if (key == "sleep") {
    work.sleep = time_of(word, value);
  } else if (key == "block") {
    work.block = time_of(word, value);
  } else if (key == "cpu") {
    work.cpu = time_of(word, value);
  } else if (key == "reply") {
    work.reply = size_of(word, value);
  } else {
    return false;
  }
  return true;
}

bool take_load(Ask& ask, const std::string& word, const std::string& key,
               const std::string& value) {
  if (key == "connections") {
    ask.connections = static_cast<std::size_t>(number_of(word, value, 1, asked_connections_max));
  } else if (key == "active") {
    ask.active = static_cast<std::size_t>(number_of(word, value, 1, asked_connections_max));
  } else if (key == "rate") {
    ask.rate = number_of(word, value, 1, rate_max);
  } else if (key == "think") {
    ask.think = time_of(word, value);
  } else if (key == "by") {
    if (value != "cpu" && value != "rate" && value != "p50" && value != "p99") {
      refuse(fmt::format("'{}' is none of by=cpu, by=rate, by=p50, by=p99", word));
    }
    ask.by = value;
  } else {
    return false;
  }
  return true;
}

bool take_goal(Ask& ask, const std::string& word) {
  if (!word.starts_with("p99<") && !word.starts_with("p50<")) return false;
  if (time_of(word, word.substr(4)) <= Duration(0)) refuse(fmt::format("'{}' can't be kept", word));
  if (!ask.goal.empty()) refuse(fmt::format("'{}' is a second goal; leave one out", word));
  ask.goal = word;
  return true;
}

/// `10%`: what follows is what that share of the requests does.
bool take_share(Ask& ask, const std::string& word) {
  if (!word.ends_with('%')) return false;
  if (ask.rare) refuse(fmt::format("'{}' is a second share; there can be one", word));
  ask.rare_share = number_of(word, std::string_view(word).substr(0, word.size() - 1), 0, 100) / 100;
  if (ask.rare_share <= 0 || ask.rare_share > 0.5) {
    refuse(fmt::format("'{}' is to be more than 0% and at most 50%: the smaller share", word));
  }
  ask.rare.emplace().reply = ask.usual.reply;
  return true;
}

void check(const Ask& ask) {
  if (ask.connections == 0) refuse("say how many clients there are: connections=N");
  if (ask.active > ask.connections) refuse("there are more active= than connections=");
  if (ask.rate && ask.think) refuse("rate= and think= can't go together; leave one out");
  if (ask.rare && ask.active < 2) refuse("a share of the requests needs two clients or more");
  const bool share_is_empty = ask.rare &&
                              ask.rare->sleep + ask.rare->block + ask.rare->cpu <= Duration(0) &&
                              ask.rare->reply == ask.usual.reply;
  if (share_is_empty) refuse("say behind the share what its requests do, as 10% block=5ms");
  if (ask.rate && ask.by == "rate") refuse("the rate is given; by=rate has nothing to find out");
}

}  // namespace

Ask parse_ask(const std::string& text) {
  Ask ask;
  ask.text = text;
  std::set<std::string> seen;
  for (const std::string& word : lab::words_of(text)) {
    if (take_goal(ask, word)) continue;
    if (take_share(ask, word)) {
      for (const char* key : {"sleep", "block", "cpu", "reply"}) seen.erase(key);
      continue;
    }
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) refuse(fmt::format("'{}' is none of {}", word, keys));
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    AskedWork& work = ask.rare ? *ask.rare : ask.usual;
    if (!take_work(work, word, key, value) && !take_load(ask, word, key, value)) {
      refuse(fmt::format("'{}' is none of {}", word, keys));
    }
    if (!seen.insert(key).second) refuse(fmt::format("{}= is there twice", key));
  }
  if (ask.active == 0) ask.active = ask.connections;
  check(ask);
  return ask;
}

}  // namespace weir::cli
