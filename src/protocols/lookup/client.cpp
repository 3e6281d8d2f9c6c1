#include "lookup/client.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

#include "lines/hear.hpp"
#include "lines/lines.hpp"
#include "lookup/question.hpp"
#include "lookup/resp.hpp"

namespace weir::lookup {
namespace {

Task<> exchange(Stream& server, const std::string& line) {
  co_await server.write(line);
  lines::Lines heard(value_bytes_max);
  const std::string answer = co_await lines::hear(server, heard);
  if (answer.starts_with("error: ")) throw ProtocolError("the server answered '" + answer + "'");
}

std::function<Task<>(Stream&)> asking(const std::string& text) {
  parse({text, text.size() > line_bytes_max || text.find('\n') != std::string::npos});
  const auto line = std::make_shared<const std::string>(text + '\n');
  return [line](Stream& server) { return exchange(server, *line); };
}

Task<> no_greeting(Stream&) {
  co_return;
}

}  // namespace

Exchanges exchanges() {
  Exchanges exchanges;
  exchanges.greet = no_greeting;
  exchanges.make = [](std::size_t request_bytes) {
    return asking(std::string(std::clamp<std::size_t>(request_bytes, 2, key_bytes_max) - 1, 'k'));
  };
  exchanges.ask = asking;
  return exchanges;
}

}  // namespace weir::lookup
