// Requests and answers in pieces. A handler that reads and writes waits for its client in both, so what
// it holds is what it has been lent by one read.
#include "http/exchange.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include <weir/error.hpp>
#include <weir/io.hpp>

#include "http/body_pieces.hpp"

namespace weir::http {

struct ExchangeState {
  Stream& peer;
  const Deadlines& deadlines;
  const Request& request;
  std::string_view& rest;
  Answers& answers;
  BodyPieces body;
  bool waits_to_continue;
  bool keep_alive;

  std::size_t received_bytes = 0;  // since the head
  Duration waited{0};              // for them
  int status = 0;                  // of the answer, once it has begun
  bool has_body = false;           // and so has it
  bool chunked = false;
  bool client_failed = false;    // its stream did, and not one of the handler's own
  std::uint64_t sent_bytes = 0;  // of content
};

namespace {

/// Thrown through a handler that goes on writing where there is no body.
struct BodyUnwanted {};

/// How long the client may still take. What its server takes meanwhile is not held against it.
Duration time_left(const ExchangeState& state) {
  const auto earned =
      static_cast<Duration::rep>(state.received_bytes / state.deadlines.bytes_a_second);
  return state.deadlines.body + Duration(std::chrono::seconds(earned)) - state.waited;
}

Task<> read_more(ExchangeState& state) {
  if (std::exchange(state.waits_to_continue, false) && state.status == 0) {
    state.answers.replies.add_continue();
    co_await state.peer.write(state.answers.replies.bytes());
    state.answers.replies.clear();
  }
  const Time begin = state.peer.io().now();
  state.peer.deadline(time_left(state));
  const ReadResult read = co_await state.peer.read().result();
  if (read.error == std::errc::timed_out) throw BodyError(408, "the body comes too slowly");
  state.client_failed = static_cast<bool>(read.error);
  if (read.error) throw StreamError(read.error.value(), "read");
  if (!read.bytes) throw BodyError(0, "the client has left in the middle of the body");
  state.waited += state.peer.io().now() - begin;
  state.received_bytes += read.bytes.size();
  state.rest = read.bytes;
}

}  // namespace

Io& Exchange::io() {
  return state_.peer.io();
}

Task<std::string_view> Exchange::read() {
  for (;;) {
    const std::string_view piece = state_.body.take(state_.rest);
    if (!piece.empty()) co_return piece;
    if (state_.body.progress() == Progress::done) co_return std::string_view();
    if (state_.body.progress() == Progress::refused) {
      throw BodyError(state_.body.refusal(), "the body is malformed, or too large");
    }
    if (state_.rest.empty()) co_await read_more(state_);
  }
}

Task<> Exchange::begin(Response response) {
  if (state_.status != 0) throw std::logic_error("the answer has begun already");
  if (response.file != nullptr) throw std::invalid_argument("a file isn't answered in pieces");
  const bool unasked_body = state_.waits_to_continue;  // nobody will ask for it now
  if (unasked_body || state_.answers.draining.load(std::memory_order_relaxed)) {
    state_.keep_alive = false;
  }
  const Asked asked = asked_by(state_.request, state_.keep_alive);
  const Replies::Pieces pieces = state_.answers.replies.begin(response, asked);
  state_.status = response.status;
  state_.has_body = pieces.has_body;
  state_.chunked = pieces.chunked;
  state_.keep_alive = pieces.keep_alive;
  co_await state_.peer.write(state_.answers.replies.bytes());
  state_.answers.replies.clear();
  co_await write(response.content());
}

Task<> Exchange::write(std::string_view piece) {
  if (state_.status == 0) throw std::logic_error("the answer has not begun");
  if (piece.empty()) co_return;
  if (!state_.has_body) throw BodyUnwanted();
  if (state_.chunked) {
    std::array<char, 18> line;  // of a chunk, RFC 9112, section 7.1
    char* const end = std::to_chars(line.data(), line.data() + 16, piece.size(), 16).ptr;
    const std::string_view size(line.data(), static_cast<std::size_t>(end - line.data()));
    constexpr std::string_view line_end = "\r\n";
    co_await state_.peer.write(size, line_end, piece, line_end);
  } else {
    co_await state_.peer.write(piece);
  }
  state_.sent_bytes += piece.size();
}

namespace {

Task<> run(const StreamHandler& handler, ExchangeState& state) {
  Exchange exchange(state);
  co_await handler(state.request, exchange);
  if (state.status == 0) throw std::logic_error("a handler has given no answer");
  constexpr std::string_view last_chunk = "0\r\n\r\n";
  if (state.chunked && state.has_body) co_await state.peer.write(last_chunk);
}

/// What comes of a handler that has thrown. True: it has not failed.
bool take_failure(ExchangeState& state, const Receiver& receiver) {
  try {
    throw;
  } catch (const BodyUnwanted&) {
    return true;
  } catch (const BodyError& error) {
    if (state.status == 0 && error.status() != 0) {
      refuse(state.answers, receiver, {}, error.status());
    }
  } catch (...) {
    if (state.status == 0 && !state.client_failed) {  // be it a stream of its own that has failed
      fail(state.answers, state.request);
    } else {
      state.answers.failure = std::current_exception();
    }
  }
  return false;
}

}  // namespace

const StreamHandler* stream_handler_of(const Site& site, Request& request) {
  std::string allowed;
  const AnyHandler* const handler = site.router.find(request, allowed);
  return handler == nullptr ? nullptr : std::get_if<StreamHandler>(handler);
}

Task<Next> answer_in_pieces(Stream& peer, const Site& site, Receiver& receiver,
                            std::string_view& rest, Answers& answers) {
  if (!answers.replies.empty()) {  // what is answered already doesn't wait for this one
    co_await peer.write(answers.replies.bytes());
    answers.replies.clear();
  }
  Limits limits = site.options.limits;
  limits.body_bytes = limits.streamed_bytes;
  const Framing framing = receiver.frame_again(limits);
  if (framing.refusal != 0) {
    refuse(answers, receiver, rest, framing.refusal);
    co_return Next::close;
  }
  receiver.keep_head();
  Request request = receiver.request();
  const StreamHandler& handler = *stream_handler_of(site, request);
  ExchangeState state{peer,
                      site.options.deadlines,
                      request,
                      rest,
                      answers,
                      BodyPieces(framing, limits),
                      receiver.waits_to_continue() && rest.empty(),
                      framing.keep_alive};
  bool failed = false;
  try {
    co_await run(handler, state);
  } catch (...) {
    failed = !take_failure(state, receiver);
  }
  const bool whole = !failed && state.body.progress() == Progress::done;
  if (answers.lines && state.status != 0)
    answers.lines.add(request, state.status, state.sent_bytes);
  co_return whole&& state.keep_alive ? Next::go_on : Next::close;
}

}  // namespace weir::http
