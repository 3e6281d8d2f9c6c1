// The session: requests that lie whole in what was read are answered by a plain function, together
// and with one write. What has to wait, for more of a request or for its handler, is a coroutine of its
// own; so a connection that is idle holds but the small frame of the first one.
#include <algorithm>
#include <exception>

#include <weir/error.hpp>
#include <weir/http.hpp>

#include "http/answers.hpp"
#include "http/exchange.hpp"
#include "http/patience.hpp"
#include "http/receiver.hpp"

namespace weir::http {
namespace {

/// How many requests are answered in one go, and how much is gathered for it.
constexpr int pipelined_max = 32;
constexpr std::size_t gathered_bytes_max = 64 * 1024;

/// Answers with a handler that doesn't wait, or with none.
Next answer_now(const Handler* handler, const Request& request, const std::string& allowed,
                bool keep_alive, Answers& answers) {
  const Asked asked = asked_by(request, keep_alive);
  try {
    add(answers, request, handler != nullptr ? (*handler)(request) : unserved(allowed), asked);
  } catch (...) {
    return fail(answers, request);
  }
  return keep_alive ? Next::go_on : Next::close;
}

/// No request follows: the server drains, and has answered all that had come.
bool is_last(const Answers& answers, std::string_view rest) {
  return answers.draining.load(std::memory_order_relaxed) && rest.empty();
}

/// Answers the next request, if it lies whole in `rest`, is served and its handler doesn't wait. It is
/// then taken off `rest`.
Next answer_whole(const Site& site, std::string_view& rest, Answers& answers) {
  const Limits& limits = site.options.limits;
  __attribute__((uninitialized)) Head head;  // 4 KiB that are mostly unused: see Head
  if (read_head(rest, limits, head) != Progress::done) return Next::wait;
  const Framing framing = frame(head, limits);
  if (framing.refusal != 0 || framing.body == Framing::Body::chunked) return Next::wait;
  if (rest.size() - head.next < framing.body_bytes) return Next::wait;
  Request request(head, rest.substr(head.next, framing.body_bytes));
  std::string allowed;
  const AnyHandler* handler = site.router.find(request, allowed);
  const Handler* now = handler == nullptr ? nullptr : std::get_if<Handler>(handler);
  if (now == nullptr && handler != nullptr) return Next::wait;
  rest.remove_prefix(head.next + framing.body_bytes);
  const bool keep_alive = framing.keep_alive && !is_last(answers, rest);
  return answer_now(now, request, allowed, keep_alive, answers);
}

Next answer_all_whole(const Site& site, std::string_view& rest, Answers& answers) {
  for (int i = 0; i < pipelined_max && answers.replies.size() < gathered_bytes_max; ++i) {
    if (rest.empty()) break;
    const Next next = answer_whole(site, rest, answers);
    if (next != Next::go_on || answers.file) return next;
  }
  return Next::go_on;
}

Task<> write(Stream& peer, Replies& replies) {
  if (replies.empty()) co_return;
  co_await peer.write(replies.bytes());
  replies.clear();
}

/// Sends the answers and the file that follows them, and counts what was sent of its body. False: the
/// file has become shorter than was promised, and so the connection has to end here.
Task<bool> send(Stream& peer, Replies& replies, const FileBody& body, std::uint64_t& sent_bytes) {
  for (const FileBody::Part& part : body.parts) {
    replies.add_text(part.before);
    const std::size_t length = part.range.size();
    const std::size_t sent =
        co_await peer.send_file(replies.bytes(), body.file->fd, part.range.first, length);
    replies.clear();
    sent_bytes += part.before.size() + sent;
    if (sent < length) co_return false;
  }
  co_await peer.write(body.after);
  sent_bytes += body.after.size();
  co_return true;
}

using Take = Progress (Receiver::*)(std::string_view&);

/// Receives one request, or its head, as `take` has it. Done: it is whole. Refused: the connection ends.
Task<Progress> receive(Stream& peer, const Site& site, Receiver& receiver, Take take,
                       std::string_view& rest, Answers& answers) {
  Patience patience(site.options.deadlines, peer.io().now());
  Progress progress = (receiver.*take)(rest);
  bool continued = false;
  while (progress == Progress::more) {
    if (receiver.waits_to_continue() && !continued) {
      continued = true;
      answers.replies.add_continue();
    }
    co_await write(peer, answers.replies);
    peer.deadline(patience.left(receiver, peer.io().now()));
    const ReadResult read = co_await peer.read().result();
    const bool late = read.error == std::errc::timed_out;
    if (read.error && !late) throw StreamError(read.error.value(), "read");
    if (late || !read.bytes) co_return receiver.refuse(late && receiver.has_begun() ? 408 : 0);
    rest = read.bytes;
    progress = (receiver.*take)(rest);
  }
  co_return progress;
}

Task<Next> answer_later(Stream& peer, const TaskHandler& handler, const Request& request,
                        bool keep_alive, std::string_view rest, Answers& answers) {
  co_await write(peer, answers.replies);  // what is answered already doesn't wait for this one
  try {
    const Response response = co_await handler(request, peer.io());
    keep_alive = keep_alive && !is_last(answers, rest);
    add(answers, request, response, asked_by(request, keep_alive));
  } catch (...) {
    co_return fail(answers, request);
  }
  co_return keep_alive ? Next::go_on : Next::close;
}

/// Whether its head is there, and names a handler that takes its body in pieces. That it was refused for
/// its size doesn't count then: such a handler has a limit of its own.
bool is_for_pieces(const Site& site, const Receiver& receiver) {
  if (!receiver.has_head() || (receiver.refusal() != 0 && receiver.refusal() != 413)) return false;
  Request request = receiver.request();
  return stream_handler_of(site, request) != nullptr;
}

/// Answers the next request, of which `rest` is what has been read, and waits for what it needs.
Task<Next> answer_next(Stream& peer, const Site& site, std::string_view& rest, Answers& answers) {
  Receiver receiver(site.options.limits);
  Progress progress = Progress::done;
  if (site.router.takes_pieces()) {
    progress = co_await receive(peer, site, receiver, &Receiver::take_only_head, rest, answers);
    if (is_for_pieces(site, receiver)) {
      const Next next = co_await answer_in_pieces(peer, site, receiver, rest, answers);
      co_return next;
    }
  }
  if (progress == Progress::done) {
    progress = co_await receive(peer, site, receiver, &Receiver::take, rest, answers);
  }
  if (progress != Progress::done) {
    if (receiver.refusal() != 0) refuse(answers, receiver, rest, receiver.refusal());
    co_return Next::close;
  }
  Request request = receiver.request();
  std::string allowed;
  const AnyHandler* handler = site.router.find(request, allowed);
  const bool keep_alive = receiver.keep_alive();
  if (handler != nullptr && std::holds_alternative<TaskHandler>(*handler)) {
    const TaskHandler& later = std::get<TaskHandler>(*handler);
    const Next next = co_await answer_later(peer, later, request, keep_alive, rest, answers);
    co_return next;
  }
  const Handler* now = handler == nullptr ? nullptr : std::get_if<Handler>(handler);
  const bool kept = keep_alive && !is_last(answers, rest);
  co_return answer_now(now, request, allowed, kept, answers);
}

/// Answers all requests in `bytes`, which were just read, and in what has to be read for the last one.
/// go_on: the connection is kept. In a frame of its own, which an idle connection doesn't hold.
Task<Next> answer_all(Stream& peer, const Site& site, std::string_view bytes) {
  std::string_view rest = bytes;
  Answers answers(site, peer);
  do {
    Next next = answer_all_whole(site, rest, answers);
    if (next == Next::wait) next = co_await answer_next(peer, site, rest, answers);
    if (answers.file) {
      std::uint64_t sent_bytes = 0;
      const bool whole = co_await send(peer, answers.replies, *answers.file, sent_bytes);
      if (answers.lines) answers.lines.correct(sent_bytes);
      if (!whole) co_return Next::close;
      answers.file.reset();
    } else if (!answers.replies.empty()) {
      co_await peer.write(answers.replies.bytes());
      answers.replies.clear();
    }
    if (answers.failure) std::rethrow_exception(answers.failure);
    if (answers.lines) answers.lines.flush();
    if (next == Next::close) co_return Next::close;
  } while (!rest.empty());
  co_return Next::go_on;
}

}  // namespace

Task<> session(Stream& peer, const Site& site) {
  peer.deadline(site.options.deadlines.header);
  for (;;) {
    const ReadResult read = co_await peer.read().result();
    if (read.error) {
      if (read.error == std::errc::timed_out) co_return;  // idle for too long is no failure
      throw StreamError(read.error.value(), "read");
    }
    if (!read.bytes) co_return;
    const Next next = co_await answer_all(peer, site, read.bytes);
    if (next == Next::close) co_return;  // what has not been read is dropped: it lingers
    peer.deadline(site.options.deadlines.keep_alive);
  }
}

}  // namespace weir::http
