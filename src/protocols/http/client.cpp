#include "http/client.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <weir/error.hpp>

#include "http/answer.hpp"
#include "http/characters.hpp"

namespace weir::http {
namespace {

Task<> no_greeting(Stream&) {
  co_return;
}

/// A server that has lost its patience says so: 408. That is the network's doing, or the client's.
void check(int status) {
  if (status == 408) throw StreamError(ETIMEDOUT, "request");
  if (status >= 200 && status < 400) return;
  throw ProtocolError("the server answered " + std::to_string(status) + " " +
                      std::string(reason(status)));
}

Task<> exchange(Stream& server, const std::string& request) {
  co_await server.write(request);
  AnswerReader answer;
  bool over = false;
  while (!over) {
    const Bytes bytes = co_await server.read();
    if (!bytes) throw ProtocolError("the server closed the connection before it had answered");
    std::string_view piece = bytes;
    over = answer.take(piece);
    if (!piece.empty()) throw ProtocolError("the server answered more than it was asked for");
  }
  check(answer.status());
}

/// Answers one after the other.
class AnswersReader {
 public:
  std::size_t operator()(std::string_view piece) {
    std::size_t ended = 0;
    while (!piece.empty() && answer_->take(piece)) {
      check(answer_->status());
      answer_.emplace();
      ++ended;
    }
    return ended;
  }

 private:
  std::optional<AnswerReader> answer_{std::in_place};
};

std::function<Task<>(Stream&)> asking(const std::string& target) {
  const auto request = std::make_shared<const std::string>(browser_request(target));
  return [request](Stream& server) { return exchange(server, *request); };
}

}  // namespace

std::string browser_request(const std::string& target) {
  const bool fits =
      std::all_of(target.begin(), target.end(), [](char c) { return is(target_character, c); });
  if (!target.starts_with('/') || !fits) {
    throw std::invalid_argument("'" + target + "' is no path; write /plaintext, or /path?query");
  }
  return "GET " + target +
         " HTTP/1.1\r\n"
         "Host: 127.0.0.1:3000\r\n"
         "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
         "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
         "Accept-Language: en-US,en;q=0.5\r\n"
         "Accept-Encoding: gzip, deflate, br\r\n"
         "Connection: keep-alive\r\n"
         "Cookie: session=2f1b9c7e5d3a48e0b6a1c4d8f7e2a390; theme=dark; visits=17\r\n"
         "Referer: http://127.0.0.1:3000/index.html\r\n"
         "Upgrade-Insecure-Requests: 1\r\n"
         "Sec-Fetch-Dest: document\r\n"
         "Sec-Fetch-Mode: navigate\r\n"
         "Sec-Fetch-Site: same-origin\r\n"
         "\r\n";
}

Exchanges exchanges(const std::string& target) {
  Exchanges exchanges;
  exchanges.greet = no_greeting;
  exchanges.request_bytes = browser_request(target).size();
  exchanges.make = [target](std::size_t) { return asking(target); };
  exchanges.ask = asking;
  exchanges.answers = [](const std::string&) { return AnswersReader(); };
  exchanges.asked_bytes = [](const std::string& text) { return browser_request(text).size(); };
  return exchanges;
}

}  // namespace weir::http
