#include "work/session.hpp"

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lines/lines.hpp"
#include "work/client.hpp"
#include "work/perform.hpp"
#include "work/request.hpp"

namespace weir::work {
namespace {

Task<> reply(Stream& peer, std::size_t size_bytes) {
  const std::string_view piece = answer_end(answer_end_bytes_max);
  for (; size_bytes > piece.size(); size_bytes -= piece.size() - 1) {
    co_await peer.write(piece.substr(0, piece.size() - 1));
  }
  co_await peer.write(answer_end(size_bytes));
}

Task<> carry_out(Stream& peer, Request request) {
  if (request.crash) std::abort();
  co_await perform(peer.io(), request);
  co_await reply(peer, request.reply_bytes);
}

/// The request on the line; or what is to be answered instead.
std::string understand(const lines::Line& line, Crashes crashes, Request& request) {
  if (line.too_long) return "error: the line is too long\n";
  try {
    request = parse(line.text);
  } catch (const std::invalid_argument& error) {
    return std::string("error: ") + error.what() + '\n';
  }
  if (request.crash && crashes == Crashes::refused) {
    return "error: this server is not to crash; serve with --crash\n";
  }
  return "";
}

}  // namespace

Task<> session(Stream& peer, Crashes crashes) {
  lines::Lines lines(line_bytes_max);
  Bytes bytes;
  do {
    bytes = co_await peer.read();
    lines.feed(bytes);
    while (const auto line = bytes ? lines.next() : lines.rest()) {
      Request request;
      const std::string error = understand(*line, crashes, request);
      if (error.empty())
        co_await carry_out(peer, request);
      else
        co_await peer.write(error);
    }
  } while (bytes);
}

Service service() {
  const auto crashes = std::make_shared<Crashes>(Crashes::refused);
  Service service{.name = "work", .port = 9092, .session = [crashes](Stream& peer) {
                    return session(peer, *crashes);
                  }};
  service.summary = "a line asks for waiting, CPU time and an answer of a size";
  service.exchanges = exchanges();
  service.transcript = conversation;
  service.options = {{"--crash", "", "a request 'crash' ends the process, as a bug would",
                      [crashes](const std::string&) { *crashes = Crashes::allowed; }}};
  return service;
}

}  // namespace weir::work
