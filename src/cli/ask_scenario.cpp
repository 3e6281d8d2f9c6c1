// The scenario that measures what was asked: its load, and contestants of a size that fits it.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/ask.hpp"
#include "cli/units.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t fork_connections_max = 512;
constexpr std::size_t thread_connections_max = 4096;
constexpr std::size_t pool_max = 1024;
constexpr std::size_t offload_max = 256;

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// How long a request keeps a thread that it is offloaded to, on average.
double held_s(const Ask& ask) {
  const auto held = [](const AskedWork& work) { return in_seconds(work.block + work.cpu); };
  return ask.rare ? (1 - ask.rare_share) * held(ask.usual) + ask.rare_share * held(*ask.rare)
                  : held(ask.usual);
}

/// By Little's law as many are held at once, on average; twice that leaves room for the uneven.
std::size_t offload_threads(const Ask& ask) {
  const double held = ask.rate ? *ask.rate * held_s(ask) : static_cast<double>(ask.active);
  const auto twice = static_cast<std::size_t>(std::ceil(ask.rate ? 2 * held : held));
  return std::clamp<std::size_t>(twice, 2,
                                 std::min(offload_max, std::max<std::size_t>(2, ask.active)));
}

std::vector<std::string> contestants_for(const Ask& ask) {
  std::vector<std::string> names;
  if (ask.connections <= fork_connections_max) names.emplace_back("fork");
  if (ask.connections <= thread_connections_max) names.emplace_back("thread");
  if (ask.connections <= pool_max) names.push_back(fmt::format("pool --pool {}", ask.connections));
  if (held_s(ask) <= 0) {
    for (const char* model : {"fiber", "epoll", "uring"}) names.emplace_back(model);
    return names;
  }
  names.emplace_back("epoll --offload inline");
  for (const char* model : {"fiber", "epoll", "uring"}) {
    names.push_back(fmt::format("{} --offload {}", model, offload_threads(ask)));
  }
  return names;
}

std::string request_of(const AskedWork& work) {
  std::vector<std::string> words;
  const auto add = [&words](const char* what, Duration time) {
    if (time > Duration(0)) words.push_back(fmt::format("{}={}ns", what, time.count()));
  };
  add("sleep", work.sleep);
  add("block", work.block);
  add("burn", work.cpu);
  words.push_back("reply=" + work.reply);
  return fmt::format("{}", fmt::join(words, " "));
}

/// Of the clients that ask, those that ask for the rarer thing: as large a share of them.
std::size_t rare_clients(const Ask& ask) {
  if (!ask.rare) return 0;
  const double share = static_cast<double>(ask.active) * ask.rare_share;
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(share)), 1, ask.active - 1);
}

std::vector<std::string> load_words(const Ask& ask, double share, const AskedWork& work) {
  std::vector<std::string> words;
  if (ask.rate) {
    words = {"--rate", fmt::format("{}", std::max(1L, std::lround(*ask.rate * share)))};
  } else if (ask.think) {
    words = {"--think", fmt::format("{}ns", ask.think->count())};
  }
  words.emplace_back("--request");
  words.push_back(request_of(work));
  return words;
}

std::string list_of(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back('"' + word + '"');
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string judge_of(const Ask& ask) {
  if (!ask.by.empty()) return ask.by;
  if (!ask.goal.empty()) return "cpu";
  return ask.rate || ask.think ? "p99" : "rate";
}

/// How many requests a second there are about: asked for, or what so many clients can make of it.
double about_rate(const Ask& ask) {
  constexpr double answered_s = 1e-4;  // with nothing to do
  if (ask.rate) return *ask.rate;
  const double thinks_s = ask.think ? in_seconds(*ask.think) : 0;
  const double takes_s = thinks_s + in_seconds(ask.usual.sleep) + held_s(ask) + answered_s;
  return static_cast<double>(ask.active) / takes_s;
}

/// Long enough for the figures that are asked for. A goal's p99 is told by a thousand samples; who is
/// ranked by it needs some slices of so many (load::CalmTail).
long window_ms(const Ask& ask) {
  constexpr double window_max = 5000;
  const bool by_tail = judge_of(ask) == "p99";
  const double window_min = by_tail ? 1500 : ask.rate ? 700 : 1000;
  const double samples = by_tail ? 5500 : ask.goal.starts_with("p99") ? 1200 : 300;
  const double rate = about_rate(ask) * (1 - ask.rare_share);
  return std::lround(std::clamp(1000 * samples / rate, window_min, window_max));
}

}  // namespace

std::string scenario_text(const Ask& ask) {
  const std::size_t rare = rare_clients(ask);
  std::vector<std::string> load = load_words(ask, 1 - ask.rare_share, ask.usual);
  if (ask.active < ask.connections) {
    load.emplace_back("--persona");
    load.push_back(fmt::format("idle={}", ask.connections - ask.active));
  }
  std::string text = fmt::format(
      "# Asked for: {}\n"
      "question = \"What suits this load?\"\nabout = \"{}{}\"\njudge = \"{}\"\nconnections = {}\n"
      "window_ms = {}\nload = {}\ncontestants = {}\n",
      ask.text, ask.text, rare > 0 ? ". The figures are of the more frequent requests." : ".",
      judge_of(ask), ask.active - rare, window_ms(ask), list_of(load),
      list_of(contestants_for(ask)));
  if (!ask.goal.empty()) text += fmt::format("goal = \"{}\"\n", ask.goal);
  if (rare == 0) return text;
  std::vector<std::string> beside{"-c", std::to_string(rare), "-d", "1m"};
  for (std::string& word : load_words(ask, ask.rare_share, *ask.rare)) {
    beside.push_back(std::move(word));
  }
  return text + fmt::format("\n[[beside]]\nload = {}\n", list_of(beside));
}

std::string size_reason(const Ask& ask, const std::string& contestant) {
  if (contestant.starts_with("pool ")) {
    return fmt::format(
        "A pool's thread carries a connection for as long as it stays, so {} of them "
        "need as many threads.",
        ask.connections);
  }
  if (contestant.find(" --offload inline") != std::string::npos) {
    return "Its loop does the work itself: nothing here is worth handing over.";
  }
  if (contestant.find(" --offload ") == std::string::npos) return "";
  if (!ask.rate) {
    return fmt::format("All {} that ask may be at work at once, which takes {} threads.",
                       ask.active, offload_threads(ask));
  }
  return fmt::format(
      "A request keeps an offload thread for {} on average, so at {} a second {:.1f} are at work "
      "at "
      "once; {} threads leave room.",
      text_of(Duration(static_cast<Duration::rep>(held_s(ask) * 1e9))), *ask.rate,
      *ask.rate * held_s(ask), offload_threads(ask));
}

}  // namespace weir::cli
