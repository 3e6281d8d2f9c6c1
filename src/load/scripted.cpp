#include "load/scripted.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <weir/error.hpp>

#include "load/transcript.hpp"

namespace weir::load {
namespace {

using Kind = Step::Kind;
using Steps = std::vector<Step>;

/// How long the simulated client waits for an answer, once the server has begun to talk to it (one
/// that serves others first may take its time).
constexpr Duration patience = std::chrono::seconds(10);

/// What is played in one go, and all that the server answers meanwhile. An answer may be there
/// before the step that expects it: the bytes count, not when they come.
struct Part {
  Steps steps;
  std::string answers;
};

/// As it would stand in a transcript, cut to what fits a line.
std::string quoted(std::string_view bytes) {
  constexpr std::size_t shown_max = 32;
  std::string text;
  for (const char c : bytes.substr(0, shown_max)) {
    if (c == '\n')
      text += "\\n";
    else if (c < ' ' || c > '~')
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      text += c;
  }
  return fmt::format("\"{}\"{}", text, bytes.size() > shown_max ? " ..." : "");
}

[[noreturn]] void fail(const Step& step, std::string_view what) {
  throw ProtocolError(fmt::format("{} (line {} of the transcript)", what, step.line));
}

/// A part that is being played. With a script it logs, pauses, and does not wait for ever.
struct Play {
  Stream& server;
  const Part& part;
  Script* script;
  std::size_t seen = 0;  // of the answers
  std::size_t due = 0;   // of them, by the steps so far

  /// Checks what came while `step` was played; empty: the end.
  void take(std::string_view bytes, const Step& step) {
    if (bytes.empty()) fail(step, "the server has ended, and more was to come");
    if (script != nullptr) script->log("received", bytes);
    const std::string_view rest = std::string_view(part.answers).substr(seen);
    const auto differ = std::mismatch(bytes.begin(), bytes.end(), rest.begin(), rest.end());
    if (differ.first != bytes.end()) {
      const auto right = static_cast<std::size_t>(differ.first - bytes.begin());
      fail(step,
           fmt::format("the server answered {}, where {} was due", quoted(bytes.substr(right)),
                       right == rest.size() ? "nothing" : quoted(rest.substr(right))));
    }
    seen += bytes.size();
  }
};

/// Reads once. A client that has heard of the server waits for more only so long.
Task<Bytes> read(Play& play, const Step& step) {
  const bool bounded = play.script != nullptr && play.seen > 0;
  if (bounded) play.server.deadline(patience);
  const ReadResult read = co_await play.server.read().result();
  if (bounded) {
    play.server.no_deadline();
    if (read.error == std::errc::timed_out) fail(step, "the server keeps the client waiting");
  }
  if (read.error) throw StreamError(read.error.value(), "read");
  co_return read.bytes;
}

/// Waits, and takes what comes meanwhile.
Task<> pause(Play& play, const Step& step) {
  Io& io = play.server.io();
  const auto time = std::chrono::duration_cast<Duration>(step.pause * play.script->pace);
  const Time end = after(io.now(), time);
  for (;;) {
    const std::size_t first = co_await io.wait(readable(play.server), until(end));
    if (first == 1) co_return;
    const Bytes bytes = co_await read(play, step);
    play.take(bytes, step);
  }
}

Task<> expect(Play& play, const Step& step) {
  play.due += step.bytes.size();
  while (play.seen < play.due) {
    const Bytes bytes = co_await read(play, step);
    play.take(bytes, step);
  }
}

Task<> expect_end(Play& play, const Step& step) {
  const Bytes bytes = co_await read(play, step);
  if (bytes) play.take(bytes, step);
  if (play.script != nullptr) play.script->log("disconnected", "");
}

Task<> play_part(Stream& server, const Part& part, Script* script) {
  Play play{server, part, script};
  for (const Step& step : part.steps) {
    switch (step.kind) {
      case Kind::send:
        if (script != nullptr) script->log("sending", step.bytes);
        co_await server.write(step.bytes);
        break;
      case Kind::expect:
        co_await expect(play, step);
        break;
      case Kind::pause:
        if (script != nullptr) co_await pause(play, step);
        break;
      case Kind::finish:
        if (script != nullptr) script->log("finishing", "");
        server.finish();
        break;
      case Kind::end:
        co_await expect_end(play, step);
        break;
    }
  }
}

Part part_of(Steps::const_iterator begin, Steps::const_iterator end) {
  Part part{Steps(begin, end), ""};
  for (const Step& step : part.steps) {
    if (step.kind == Kind::expect) part.answers += step.bytes;
  }
  return part;
}

struct Parts {
  Part greeting;
  Part request;
  Part closing;
  Part all;
};

bool is_send(const Step& step) {
  return step.kind == Kind::send;
}

/// A request that is sent whole before any of its answer is due.
bool is_question(const Part& part) {
  const auto answer = std::find_if_not(part.steps.begin(), part.steps.end(), is_send);
  return !part.answers.empty() && std::all_of(answer, part.steps.end(), [](const Step& step) {
    return step.kind == Kind::expect || step.kind == Kind::pause;
  });
}

/// Where the closing of a conversation begins.
Steps::const_iterator closing_of(const Steps& steps, Steps::const_iterator first_send) {
  const auto backwards_from = [&](Steps::const_iterator end, Kind kind) {
    auto at = end;
    while (at != first_send && std::prev(at)->kind != kind) --at;
    return at;  // behind the last of its kind, or the first send
  };
  const auto finish = std::find_if(first_send, steps.end(),
                                   [](const Step& step) { return step.kind == Kind::finish; });
  if (finish != steps.end()) return backwards_from(finish, Kind::expect);
  if (steps.back().kind != Kind::end) return steps.end();
  const auto behind_send = backwards_from(steps.end(), Kind::send);
  return behind_send == first_send ? first_send : std::prev(behind_send);
}

Parts split(const Steps& steps) {
  const auto first_send = std::find_if(steps.begin(), steps.end(), is_send);
  const auto closing = closing_of(steps, first_send);
  return {.greeting = part_of(steps.begin(), first_send),
          .request = part_of(first_send, closing),
          .closing = part_of(closing, steps.end()),
          .all = part_of(steps.begin(), steps.end())};
}

Exchanges exchanges_of(const std::shared_ptr<const Parts>& parts) {
  Exchanges exchanges;
  for (const Step& step : parts->request.steps) {
    if (is_send(step)) exchanges.request_bytes += step.bytes.size();
  }
  exchanges.greet = [parts](Stream& server) { return play_part(server, parts->greeting, nullptr); };
  if (exchanges.request_bytes > 0) {
    exchanges.make = [parts](std::size_t) {
      return [parts](Stream& server) { return play_part(server, parts->request, nullptr); };
    };
  }
  if (is_question(parts->request)) {
    exchanges.answers = [parts](const std::string&) {
      return same_answers(parts->request.answers);
    };
  }
  if (!parts->closing.steps.empty()) {
    exchanges.close = [parts](Stream& server) {
      return play_part(server, parts->closing, nullptr);
    };
  }
  return exchanges;
}

}  // namespace

void apply_transcript(Service& service) {
  if (service.transcript.empty()) return;
  const std::string name = fmt::format("the transcript of '{}'", service.name);
  const auto parts =
      std::make_shared<const Parts>(split(parse_transcript(service.transcript, name).steps));
  if (!service.exchanges.make) service.exchanges = exchanges_of(parts);
  if (!service.client) {
    service.client = [parts](Stream& server, Script& script) {
      script.log("connected...", "");
      return play_part(server, parts->all, &script);
    };
  }
}

}  // namespace weir::load
