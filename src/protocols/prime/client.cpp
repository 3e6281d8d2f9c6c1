#include "prime/client.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lines/hear.hpp"
#include "prime/codec.hpp"
#include "prime/primality.hpp"

namespace weir::prime {
namespace {

/// What a client sends at once, and how the lines that answer it begin.
struct Asked {
  std::string_view sent;
  std::vector<std::string_view> answers;
  std::chrono::milliseconds pause;
};

const std::vector<Asked>& asked() {
  using std::chrono::milliseconds;
  static const std::vector<Asked> all{
      {"2\n4\n97\n561\n", {"prime", "composite", "prime", "composite"}, milliseconds(500)},
      {"4294967291\n4294967297\n", {"prime", "composite"}, milliseconds(500)},
      {"0\nninety-seven\n1\n", {"neither", "error: ", "neither"}, milliseconds(200)},
  };
  return all;
}

void check(const std::string& answer, std::string_view expected) {
  const bool right = expected == "error: " ? answer.starts_with(expected) : answer == expected;
  if (!right) {
    throw ProtocolError("the server answered '" + answer + "' instead of '" +
                        std::string(expected) + "'");
  }
}

/// The largest prime of so many digits.
std::uint64_t largest_prime(std::size_t digits) {
  std::uint64_t number = 1;
  for (std::size_t i = 0; i < digits; ++i) number *= 10;
  do {
    --number;
  } while (!is_prime(number));
  return number;
}

Task<> exchange(Stream& server, const std::string& request) {
  constexpr std::string_view answer = "prime\n";
  co_await server.write(request);
  std::size_t seen = 0;
  while (seen < answer.size()) {
    const Bytes bytes = co_await server.read();
    if (!bytes) throw ProtocolError("the server closed the connection before it had answered");
    if (answer.substr(seen, bytes.size()) != std::string_view(bytes)) {
      throw ProtocolError("the server did not answer 'prime' to a prime");
    }
    seen += bytes.size();
  }
}

Task<> no_greeting(Stream&) {
  co_return;
}

/// Both ends that a line may have, and a last line that has none.
Task<> close(Stream& server) {
  constexpr std::string_view request = "97\r\n1\n561";
  co_await server.write(request);
  server.finish();
  std::string answers;
  while (const Bytes bytes = co_await server.read()) answers += bytes;
  if (answers == "prime\nneither\ncomposite\n") co_return;
  throw ProtocolError("the server did not answer 97, 1 and a last line, 561, one after the other");
}

}  // namespace

Task<> client(Stream& server, Script& script) {
  constexpr Duration patience = std::chrono::seconds(30);  // a server that divides takes its time
  lines::Lines heard(1024);
  script.log("connected...", "");
  for (const Asked& each : asked()) {
    script.log("sending", each.sent);
    co_await server.write(each.sent);
    for (const std::string_view expected : each.answers) {
      const std::string answer = co_await lines::hear(server, heard);
      script.log("received", answer);
      check(answer, expected);
      server.deadline(patience);  // before, it may be busy with others
    }
    server.no_deadline();
    co_await server.io().sleep(std::chrono::duration_cast<Duration>(each.pause * script.pace));
  }
  script.log("disconnecting", "");

  server.finish();
  server.deadline(patience);
  const Bytes rest = co_await server.read();
  if (rest) throw ProtocolError("the server said more than it was asked");
}

Exchanges exchanges() {
  const auto make = [](std::size_t request_bytes) {
    constexpr std::size_t digits_max = 12;  // some milliseconds for a server that divides
    const std::size_t line_bytes =
        std::clamp(request_bytes, std::size_t{2}, line_bytes_max + 1) - 1;
    std::string number = std::to_string(largest_prime(std::min(line_bytes, digits_max)));
    number.insert(0, line_bytes - number.size(), '0');
    const auto request = std::make_shared<const std::string>(number + '\n');
    return [request](Stream& server) { return exchange(server, *request); };
  };
  Exchanges exchanges{no_greeting, make, close};
  exchanges.answers = [](const std::string&) { return same_answers("prime\n"); };
  return exchanges;
}

}  // namespace weir::prime
