// The session: requests that lie whole in what was read are answered by a plain function, together
// and with one write. What has to wait, for more of a request or for its handler, is a coroutine of its
// own; so a connection that is idle holds but the small frame of the first one.
#include <algorithm>
#include <exception>

#include <weir/error.hpp>
#include <weir/http.hpp>

#include "http/file_body.hpp"
#include "http/receiver.hpp"
#include "http/replies.hpp"

namespace weir::http {
namespace {

/// How many requests are answered in one go, and how much is gathered for it.
constexpr int pipelined_max = 32;
constexpr std::size_t gathered_bytes_max = 64 * 1024;

/// What is to be done after some answers have been gathered.
enum class Next : std::uint8_t {
  go_on,  // with what is left of what was read, if anything
  wait,   // the next request has to be waited for, or its handler
  close   // once the answers are written, and the file
};

/// What came of a handler: its answer is gathered, or it has failed and the answer says so.
struct Outcome {
  Next next = Next::go_on;
  std::exception_ptr failure = {};
  std::shared_ptr<const FileBody> file = {};  // follows the last of the answers
};

Asked asked_by(const Request& request, bool keep_alive) {
  return {request.method() == "HEAD", keep_alive, request.minor_version()};
}

Outcome fail(Replies& replies) {
  replies.add_refusal(500);
  return {Next::close, std::current_exception()};
}

/// Nobody answers for the path, or not to the method: RFC 9110, sections 15.5.5 and 15.5.6.
void add_unserved(Replies& replies, const std::string& allowed, const Asked& asked) {
  Response response =
      allowed.empty() ? text("404 Not Found\n", 404) : text("405 Method Not Allowed\n", 405);
  if (!allowed.empty()) response.add("Allow", allowed);
  replies.add(response, asked);
}

/// Its body, when it is a file's that is to be sent behind the gathered answers.
std::shared_ptr<const FileBody> file_of(const Response& response, const Asked& asked) {
  if (response.file == nullptr || asked.head_only) return nullptr;
  return {response.keeps, response.file};
}

/// Answers with a handler that doesn't wait, or with none.
Outcome answer_now(const Handler* handler, const Request& request, const std::string& allowed,
                   bool keep_alive, Replies& replies) {
  const Asked asked = asked_by(request, keep_alive);
  Outcome outcome{keep_alive ? Next::go_on : Next::close};
  try {
    if (handler == nullptr) {
      add_unserved(replies, allowed, asked);
    } else {
      const Response response = (*handler)(request);
      replies.add(response, asked);
      outcome.file = file_of(response, asked);
    }
  } catch (...) {
    return fail(replies);
  }
  return outcome;
}

/// Answers the next request, if it lies whole in `rest`, is served and its handler doesn't wait. It is
/// then taken off `rest`.
Outcome answer_whole(const Site& site, std::string_view& rest, Replies& replies) {
  const Limits& limits = site.options.limits;
  __attribute__((uninitialized)) Head head;  // 4 KiB that are mostly unused: see Head
  if (read_head(rest, limits, head) != Progress::done) return {Next::wait};
  const Framing framing = frame(head, limits);
  if (framing.refusal != 0 || framing.body == Framing::Body::chunked) return {Next::wait};
  if (rest.size() - head.next < framing.body_bytes) return {Next::wait};
  Request request(head, rest.substr(head.next, framing.body_bytes));
  std::string allowed;
  const AnyHandler* handler = site.router.find(request, allowed);
  if (handler != nullptr && std::holds_alternative<TaskHandler>(*handler)) return {Next::wait};
  const Handler* now = handler == nullptr ? nullptr : std::get_if<Handler>(handler);
  const Outcome outcome = answer_now(now, request, allowed, framing.keep_alive, replies);
  rest.remove_prefix(head.next + framing.body_bytes);
  return outcome;
}

Outcome answer_all_whole(const Site& site, std::string_view& rest, Replies& replies) {
  for (int i = 0; i < pipelined_max && replies.size() < gathered_bytes_max; ++i) {
    if (rest.empty()) break;
    Outcome outcome = answer_whole(site, rest, replies);
    if (outcome.next != Next::go_on || outcome.file) return outcome;
  }
  return {Next::go_on};
}

/// How long the rest of a request may take: more the more of it has come.
class Patience {
 public:
  Patience(const Deadlines& deadlines, Time now) : deadlines_(deadlines), begin_(now) {}

  Duration left(const Receiver& receiver, Time now) {
    const bool body = receiver.has_head();
    if (body && !body_) {
      body_ = true;
      begin_ = now;
      before_ = receiver.received_bytes();
    }
    const std::size_t bytes = receiver.received_bytes() - before_;
    const auto earned = std::chrono::nanoseconds(std::chrono::seconds(1)) *
                        static_cast<Duration::rep>(bytes / deadlines_.bytes_a_second);
    const Duration all = body ? deadlines_.body + earned
                              : std::min(deadlines_.header + earned,
                                         std::max(deadlines_.header, deadlines_.header_max));
    return after(begin_, all) - now;
  }

 private:
  const Deadlines& deadlines_;
  Time begin_;
  std::size_t before_ = 0;
  bool body_ = false;
};

Task<> write(Stream& peer, Replies& replies) {
  if (replies.empty()) co_return;
  co_await peer.write(replies.bytes());
  replies.clear();
}

/// Sends what follows the answers. False: the file has become shorter than was promised, and so the
/// connection has to end here.
Task<bool> send(Stream& peer, const FileBody& body) {
  for (const FileBody::Part& part : body.parts) {
    co_await peer.write(part.before);
    const std::size_t length = part.range.size();
    const std::size_t sent = co_await peer.send_file(body.file->fd, part.range.first, length);
    if (sent < length) co_return false;
  }
  co_await peer.write(body.after);
  co_return true;
}

/// Receives one request. Done: it is whole. Otherwise the connection ends, and what there is to be
/// said about it is among the replies.
Task<Progress> receive(Stream& peer, const Site& site, Receiver& receiver, std::string_view& rest,
                       Replies& replies) {
  Patience patience(site.options.deadlines, peer.io().now());
  Progress progress = receiver.take(rest);
  bool continued = false;
  while (progress == Progress::more) {
    if (receiver.waits_to_continue() && !continued) {
      continued = true;
      replies.add_continue();
    }
    co_await write(peer, replies);
    peer.deadline(patience.left(receiver, peer.io().now()));
    const ReadResult read = co_await peer.read().result();
    const bool late = read.error == std::errc::timed_out;
    if (read.error && !late) throw StreamError(read.error.value(), "read");
    if (late && receiver.has_begun()) replies.add_refusal(408);
    if (late || !read.bytes) co_return Progress::refused;
    rest = read.bytes;
    progress = receiver.take(rest);
  }
  if (progress == Progress::refused) replies.add_refusal(receiver.refusal());
  co_return progress;
}

Task<Outcome> answer_later(Stream& peer, const TaskHandler& handler, const Request& request,
                           bool keep_alive, Replies& replies) {
  co_await write(peer, replies);  // what is answered already doesn't wait for this one
  Outcome outcome{keep_alive ? Next::go_on : Next::close};
  try {
    const Response response = co_await handler(request, peer.io());
    const Asked asked = asked_by(request, keep_alive);
    replies.add(response, asked);
    outcome.file = file_of(response, asked);
  } catch (...) {
    outcome = fail(replies);
  }
  co_return outcome;
}

/// Answers the next request, of which `rest` is what has been read, and waits for what it needs.
Task<Outcome> answer_next(Stream& peer, const Site& site, std::string_view& rest,
                          Replies& replies) {
  Receiver receiver(site.options.limits);
  const Progress progress = co_await receive(peer, site, receiver, rest, replies);
  if (progress != Progress::done) co_return Outcome{Next::close};
  Request request = receiver.request();
  std::string allowed;
  const AnyHandler* handler = site.router.find(request, allowed);
  const bool keep_alive = receiver.keep_alive();
  if (handler != nullptr && std::holds_alternative<TaskHandler>(*handler)) {
    const TaskHandler& later = std::get<TaskHandler>(*handler);
    const Outcome outcome = co_await answer_later(peer, later, request, keep_alive, replies);
    co_return outcome;
  }
  const Handler* now = handler == nullptr ? nullptr : std::get_if<Handler>(handler);
  co_return answer_now(now, request, allowed, keep_alive, replies);
}

/// Answers all requests in `bytes`, which were just read, and in what has to be read for the last one.
/// go_on: the connection is kept. In a frame of its own, which an idle connection doesn't hold.
Task<Next> answer_all(Stream& peer, const Site& site, std::string_view bytes) {
  std::string_view rest = bytes;
  Replies replies;
  do {
    Outcome outcome = answer_all_whole(site, rest, replies);
    if (outcome.next == Next::wait) {
      outcome = co_await answer_next(peer, site, rest, replies);
    }
    if (!replies.empty()) {
      co_await peer.write(replies.bytes());
      replies.clear();
    }
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    if (outcome.file) {
      const bool whole = co_await send(peer, *outcome.file);
      if (!whole) co_return Next::close;
    }
    if (outcome.next == Next::close) co_return Next::close;
  } while (!rest.empty());
  co_return Next::go_on;
}

}  // namespace

Task<> session(Stream& peer, const Site& site) {
  peer.deadline(site.options.deadlines.header);
  for (;;) {
    const ReadResult read = co_await peer.read().result();
    if (read.error == std::errc::timed_out) co_return;  // idle for too long is no failure
    if (read.error) throw StreamError(read.error.value(), "read");
    if (!read.bytes) co_return;
    const Next next = co_await answer_all(peer, site, read.bytes);
    if (next == Next::close) co_return;  // what has not been read is dropped: it lingers
    peer.deadline(site.options.deadlines.keep_alive);
  }
}

}  // namespace weir::http
