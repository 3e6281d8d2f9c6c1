#include "work/client.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "work/request.hpp"

namespace weir::work {
namespace {

struct Question {
  std::string line;
  std::size_t answer_bytes;
};

/// Checks a piece of the answer, of which `left` bytes were to come.
void check(std::string_view piece, std::size_t left) {
  if (piece.empty()) throw ProtocolError("the server closed the connection before it had answered");
  if (piece.size() > left) throw ProtocolError("the server answered more than it was asked for");
  const bool last = piece.size() == left;
  const std::size_t differs = piece.find_first_not_of('w');
  const bool right =
      last ? differs == left - 1 && piece.back() == '\n' : differs == std::string_view::npos;
  if (!right) {
    const std::string_view line = piece.substr(0, std::min(piece.find('\n'), std::size_t{80}));
    throw ProtocolError("the server answered '" + std::string(line) + "'");
  }
}

Task<> exchange(Stream& server, const Question& question) {
  co_await server.write(question.line);
  std::size_t left = question.answer_bytes;
  while (left > 0) {
    const Bytes piece = co_await server.read();
    check(piece, left);
    left -= piece.size();
  }
}

std::function<Task<>(Stream&)> asking(std::string line) {
  const Request request = parse(line);
  const auto question =
      std::make_shared<const Question>(Question{std::move(line) + '\n', request.reply_bytes});
  return [question](Stream& server) { return exchange(server, *question); };
}

Task<> no_greeting(Stream&) {
  co_return;
}

}  // namespace

Exchanges exchanges() {
  Exchanges exchanges;
  exchanges.greet = no_greeting;
  exchanges.make = [](std::size_t request_bytes) {
    const std::string text = "reply=64B";
    const std::size_t line_bytes = std::clamp(request_bytes, text.size() + 1, line_bytes_max) - 1;
    return asking(text + std::string(line_bytes - text.size(), ' '));
  };
  exchanges.ask = [](const std::string& text) { return asking(text); };
  exchanges.answers = [](const std::string& request) {
    const std::size_t reply_bytes = parse(request.substr(0, request.size() - 1)).reply_bytes;
    return same_answers(std::string(reply_bytes - 1, 'w') + '\n');
  };
  return exchanges;
}

}  // namespace weir::work
