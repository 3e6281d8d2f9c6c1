#include "work/session.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <time.h>

#include "lines/lines.hpp"
#include "work/client.hpp"
#include "work/request.hpp"

namespace weir::work {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10;

/// A piece of an answer, the last one at its end.
std::string_view last_piece() {
  static const std::string piece = std::string(piece_bytes - 1, 'w') + '\n';
  return piece;
}

timespec timespec_of(Duration duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {static_cast<time_t>(whole.count()), static_cast<long>((duration - whole).count())};
}

void block(Duration duration) {
  timespec left = timespec_of(duration);
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

Duration cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Duration(used.tv_nsec);
}

void burn(Duration duration) {
  const Duration end = cpu_time() + duration;
  while (cpu_time() < end) {
  }
}

void block_and_burn(const Request& request) {
  if (request.block > Duration(0)) block(request.block);
  if (request.burn > Duration(0)) burn(request.burn);
}

Task<> reply(Stream& peer, std::size_t size_bytes) {
  const std::string_view piece = last_piece();
  for (; size_bytes > piece.size(); size_bytes -= piece.size() - 1) {
    co_await peer.write(piece.substr(0, piece.size() - 1));
  }
  co_await peer.write(piece.substr(piece.size() - size_bytes));
}

Task<> carry_out(Stream& peer, Request request) {
  if (request.crash) std::abort();
  if (request.sleep > Duration(0)) co_await peer.io().sleep(request.sleep);
  if (request.block + request.burn > Duration(0)) {
    if (request.where == Where::here) {
      block_and_burn(request);
    } else {
      const auto work = [request] { block_and_burn(request); };
      co_await peer.io().offload(work);
    }
  }
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
