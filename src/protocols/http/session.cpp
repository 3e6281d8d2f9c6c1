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

/// What is answered and not yet sent.
struct Answers {
  Replies replies;
  std::shared_ptr<const FileBody> file;  // follows the last of the replies
  std::exception_ptr failure;            // of a handler; its reply says that it has failed
};

Asked asked_by(const Request& request, bool keep_alive) {
  return {request.method() == "HEAD", keep_alive, request.minor_version()};
}

Next fail(Answers& answers) {
  answers.replies.add_refusal(500);
  answers.failure = std::current_exception();
  return Next::close;
}

/// Nobody answers for the path, or not to the method: RFC 9110, sections 15.5.5 and 15.5.6.
Response unserved(const std::string& allowed) {
  if (allowed.empty()) return text("404 Not Found\n", 404);
  Response response = text("405 Method Not Allowed\n", 405);
  response.add("Allow", allowed);
  return response;
}

void add(Answers& answers, const Response& response, const Asked& asked) {
  answers.replies.add(response, asked);
  if (response.file != nullptr && !asked.head_only) {
    answers.file = {response.keeps, response.file};
  }
}

/// Answers with a handler that doesn't wait, or with none.
Next answer_now(const Handler* handler, const Request& request, const std::string& allowed,
                bool keep_alive, Answers& answers) {
  const Asked asked = asked_by(request, keep_alive);
  try {
    add(answers, handler != nullptr ? (*handler)(request) : unserved(allowed), asked);
  } catch (...) {
    return fail(answers);
  }
  return keep_alive ? Next::go_on : Next::close;
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
  if (handler != nullptr && std::holds_alternative<TaskHandler>(*handler)) return Next::wait;
  const Handler* now = handler == nullptr ? nullptr : std::get_if<Handler>(handler);
  const Next next = answer_now(now, request, allowed, framing.keep_alive, answers);
  rest.remove_prefix(head.next + framing.body_bytes);
  return next;
}

Next answer_all_whole(const Site& site, std::string_view& rest, Answers& answers) {
  for (int i = 0; i < pipelined_max && answers.replies.size() < gathered_bytes_max; ++i) {
    if (rest.empty()) break;
    const Next next = answer_whole(site, rest, answers);
    if (next != Next::go_on || answers.file) return next;
  }
  return Next::go_on;
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

Task<Next> answer_later(Stream& peer, const TaskHandler& handler, const Request& request,
                        bool keep_alive, Answers& answers) {
  co_await write(peer, answers.replies);  // what is answered already doesn't wait for this one
  try {
    const Response response = co_await handler(request, peer.io());
    add(answers, response, asked_by(request, keep_alive));
  } catch (...) {
    co_return fail(answers);
  }
  co_return keep_alive ? Next::go_on : Next::close;
}

/// Answers the next request, of which `rest` is what has been read, and waits for what it needs.
Task<Next> answer_next(Stream& peer, const Site& site, std::string_view& rest, Answers& answers) {
  Receiver receiver(site.options.limits);
  const Progress progress = co_await receive(peer, site, receiver, rest, answers.replies);
  if (progress != Progress::done) co_return Next::close;
  Request request = receiver.request();
  std::string allowed;
  const AnyHandler* handler = site.router.find(request, allowed);
  const bool keep_alive = receiver.keep_alive();
  if (handler != nullptr && std::holds_alternative<TaskHandler>(*handler)) {
    const TaskHandler& later = std::get<TaskHandler>(*handler);
    const Next next = co_await answer_later(peer, later, request, keep_alive, answers);
    co_return next;
  }
  const Handler* now = handler == nullptr ? nullptr : std::get_if<Handler>(handler);
  co_return answer_now(now, request, allowed, keep_alive, answers);
}

/// Answers all requests in `bytes`, which were just read, and in what has to be read for the last one.
/// go_on: the connection is kept. In a frame of its own, which an idle connection doesn't hold.
Task<Next> answer_all(Stream& peer, const Site& site, std::string_view bytes) {
  std::string_view rest = bytes;
  Answers answers;
  do {
    Next next = answer_all_whole(site, rest, answers);
    if (next == Next::wait) next = co_await answer_next(peer, site, rest, answers);
    if (!answers.replies.empty()) {
      co_await peer.write(answers.replies.bytes());
      answers.replies.clear();
    }
    if (answers.failure) std::rethrow_exception(answers.failure);
    if (answers.file) {
      const bool whole = co_await send(peer, *answers.file);
      if (!whole) co_return Next::close;
      answers.file.reset();
    }
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
