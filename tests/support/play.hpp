// A transcript, played by a client. For programs that link weir_load.
#pragma once

#include <string>
#include <thread>

#include "load/transcript.hpp"
#include "support/client.hpp"

namespace weir::test {

/// Plays a transcript as it is written. Returns "" or what went wrong.
inline std::string play(Client client, const load::Transcript& transcript) {
  using Kind = load::Step::Kind;
  for (const load::Step& step : transcript.steps) {
    std::string wrong;
    switch (step.kind) {
      case Kind::send:
        client.send(step.bytes);
        break;
      case Kind::expect:
        wrong = difference(step.bytes, client.receive(step.bytes.size()));
        break;
      case Kind::pause:
        std::this_thread::sleep_for(step.pause);
        break;
      case Kind::finish:
        client.finish();
        break;
      case Kind::end:
        wrong = difference("", client.receive_to_end());
        break;
    }
    if (!wrong.empty()) return "line " + std::to_string(step.line) + ": " + wrong;
  }
  return {};
}

}  // namespace weir::test
