#include "framed/client.hpp"

#include <array>
#include <memory>
#include <string>

namespace weir::framed {
namespace {

/// What is still expected of the server; each answer is checked against it as it arrives.
class Expected {
 public:
  explicit Expected(std::string_view bytes) : bytes_(bytes) {}

  void check(std::string_view answer) {
    if (answer.empty()) fail("closed the connection when more was to come,");
    if (answer.size() > bytes_.size() - seen_) fail("sent more than the answer,");
    if (bytes_.compare(seen_, answer.size(), answer) != 0) fail("sent a wrong byte,");
    seen_ += answer.size();
  }
  bool complete() const { return seen_ == bytes_.size(); }
  [[noreturn]] void fail(const std::string& did) const {
    throw ProtocolError("the server " + did + " after " + std::to_string(seen_) + " of " +
                        std::to_string(bytes_.size()) + " right bytes");
  }

 private:
  std::string_view bytes_;
  std::size_t seen_ = 0;
};

Task<> greet(Stream& server) {
  const Bytes greeting = co_await server.read();
  if (std::string_view(greeting) != "*") throw ProtocolError("the server did not greet with '*'");
}

struct Request {
  std::string sent;
  std::string answer;
};

Task<> exchange(Stream& server, const Request& request) {
  co_await server.write(request.sent);
  Expected expected(request.answer);
  while (!expected.complete()) {
    const Bytes answer = co_await server.read();
    expected.check(answer);
  }
}

}  // namespace

Exchanges exchanges() {
  constexpr std::size_t delimiters = 2;
  const auto make = [](std::size_t request_bytes) {
    const std::size_t payload = request_bytes > delimiters ? request_bytes - delimiters : 1;
    auto request = std::make_shared<Request>();
    request->sent = '^' + std::string(payload, 'a') + '$';
    request->answer = std::string(payload, 'b');
    return [request](Stream& server) { return exchange(server, *request); };
  };
  Exchanges exchanges;
  exchanges.greet = greet;
  exchanges.make = make;
  exchanges.answers = [](const std::string& request) {
    return same_answers(std::string(request.size() - delimiters, 'b'));
  };
  return exchanges;
}

Task<> article_client(Stream& server, Script& script) {
  constexpr Duration patience = std::chrono::seconds(5);
  struct Part {
    std::string_view sent;
    std::chrono::milliseconds pause;
  };
  constexpr std::array<Part, 3> parts{{{"^abc$de^abte$f", std::chrono::milliseconds(1000)},
                                       {"xyz^123", std::chrono::milliseconds(1000)},
                                       {"25$^ab0000$abab", std::chrono::milliseconds(200)}}};
  Expected expected("bcdbcuf23436bc1111");
  co_await greet(server);
  script.log("connected...", "");

  // Receives whatever comes while it pauses, as the article's client does in a second thread.
  for (const Part& part : parts) {
    script.log("sending", part.sent);
    co_await server.write(part.sent);
    const Time resume_at =
        server.io().now() + std::chrono::duration_cast<Duration>(part.pause * script.pace);
    for (;;) {
      const std::size_t first = co_await server.io().wait(readable(server), until(resume_at));
      if (first == 1) break;
      const Bytes answer = co_await server.read();
      script.log("received", answer);
      expected.check(answer);
    }
  }
  server.deadline(patience);
  while (!expected.complete()) {
    const ReadResult answer = co_await server.read().result();
    if (answer.error == std::errc::timed_out)
      expected.fail("kept the client waiting for the rest,");
    if (answer.error) throw ProtocolError("the server broke off: " + answer.error.message());
    script.log("received", answer.bytes);
    expected.check(answer.bytes);
  }
  script.log("disconnecting", "");

  // A server that adds something to its answer is found out before the end.
  server.finish();
  server.deadline(patience);
  const ReadResult rest = co_await server.read().result();
  if (!rest.bytes.empty()) expected.check(rest.bytes);
}

}  // namespace weir::framed
