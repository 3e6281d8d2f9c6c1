#include "lines/hear.hpp"

#include <optional>

#include <weir/service.hpp>

namespace weir::lines {

Task<std::string> hear(Stream& server, Lines& heard) {
  for (;;) {
    const std::optional<Line> line = heard.next();
    if (line && line->too_long) throw ProtocolError("the server said a line that is far too long");
    if (line) co_return std::string(line->text);
    const Bytes bytes = co_await server.read();
    if (!bytes) throw ProtocolError("the server closed the connection when an answer was to come");
    heard.feed(bytes);
  }
}

}  // namespace weir::lines
