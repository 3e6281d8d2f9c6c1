#include "core/sessions.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <fmt/format.h>
#include <weir/error.hpp>
#include <weir/model.hpp>

#include "core/work.hpp"

namespace weir {
namespace {

/// What is done with a connection whose session ended before it had read everything: closing a
/// socket with unread input resets the connection, and the reset may destroy the last answer on its
/// way (RFC 9112, section 9.6). So shut the write side, and read on for a while.
Task<> linger(Stream& peer) {
  constexpr std::size_t dropped_bytes_max = 64 * 1024;
  peer.finish();
  peer.deadline(std::chrono::seconds(2));
  std::size_t dropped_bytes = 0;
  while (dropped_bytes < dropped_bytes_max) {
    const ReadResult read = co_await peer.read().result();
    if (read.bytes.empty()) break;
    dropped_bytes += read.bytes.size();
  }
}

/// Counts it, and notes whether it was a stream that failed.
void count_failure(Session& session, const std::exception_ptr& failure) {
  Work& work = session.peer.record.context->work;
  try {
    std::rethrow_exception(failure);
  } catch (const StreamError& error) {
    session.stream_failed = true;
    work.statistics.count(error.kind());
    if (work.log.verbose()) {
      work.log.line(fmt::format("connection {} ended: {}", session.peer.record.fd, error.what()));
    }
  } catch (const std::exception& error) {
    work.statistics.count(FailureKind::other);
    work.log.line(fmt::format("a session failed: {}", error.what()));
  } catch (...) {
    work.statistics.count(FailureKind::other);
    work.log.line("a session failed: it threw something that is no std::exception");
  }
}

void end(Session& session) {
  session.peer.record.context->work.sessions.unlist(session);
  session.peer.record.model->close(session.peer);
}

bool has_to_linger(const Session& session) {
  const StreamRecord& peer = session.peer.record;
  const bool saw_the_end =
      peer.op.verb == Verb::read && peer.op.error == 0 && peer.op.buffer.iov_len == 0;
  return peer.accepted && !saw_the_end && !session.stream_failed && !session.lingering &&
         !peer.context->work.stop.forced();
}

/// The session's task has returned or thrown: count, close, and let the model end the record.
void on_finished(Root& root) {
  auto& session = static_cast<Session&>(root);
  Work& work = session.peer.record.context->work;
  if (!session.lingering) {
    session.failed = session.task.failure() != nullptr;
    if (session.failed)
      count_failure(session, session.task.failure());
    else
      ++work.statistics.finished;
  }
  session.task = {};
  if (work.stop.forced()) ++work.statistics.forced_at_drain;
  if (has_to_linger(session)) {
    session.lingering = true;
    return session.begin([&session] { return linger(session.peer); });
  }
  if (work.log.verbose() && session.peer.record.accepted && !session.failed) {
    work.log.line(fmt::format("connection {} finished", session.peer.record.fd));
  }
  end(session);
}

/// Its op may hold up the others' reads: it writes, waits for room as one that sends a file does, or
/// reads, while the loan is another stream's.
bool waits_with_a_loan(const StreamRecord& record) {
  const Op& op = record.op;
  if (!op.in_flight) return false;
  if (op.verb == Verb::read) return true;
  if (op.verb == Verb::write) return record.waiting == &op;
  if (op.verb != Verb::wait) return false;
  return std::any_of(op.sources, op.sources + op.count,
                     [](const Source& source) { return source.kind == Source::Kind::writable; });
}

std::string peer_name(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "gone";
  return Address::of(storage, size).text();
}

}  // namespace

Session::Session(Context& context) : Root(on_finished) {
  peer.record.op.stream = &peer;
  peer.record.model = &context.model;
  peer.record.context = &context;
  peer.record.session = this;
}

void Session::begin(const std::function<Task<>()>& make) {
  try {
    task = make();
  } catch (...) {  // no memory for the frame, or a lambda that fails before its coroutine
    failed = true;
    count_failure(*this, std::current_exception());
    return end(*this);
  }
  task.start(*this);
}

void Session::begin() {
  begin([this] { return peer.record.context->work.session(peer); });
}

void Session::begin(const std::function<Task<>(Io&)>& first) {
  begin([this, &first] { return first(io); });
}

Sessions::Sessions() : changed_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!changed_fd_) throw std::system_error(errno, std::system_category(), "eventfd");
}

Session& Sessions::open(Context& context, Descriptor fd) {
  auto* session = new Session(context);
  session->peer.record.fd = fd.release();
  session->peer.record.accepted = true;
  session->peer.record.idle_timeout = context.work.limits.idle_timeout;
  session->peer.record.bounded = session->peer.record.idle_timeout != Duration(0);
  ++context.work.statistics.accepted;
  if (context.work.log.verbose()) {
    context.work.log.line(fmt::format("connection {} from {}", session->peer.record.fd,
                                      peer_name(session->peer.record.fd)));
  }
  list(*session);
  // One that was in the queue when the drain began is answered what it has sent, and no more.
  if (context.work.draining()) end_reads(session->peer.record);
  if (context.work.stop.forced()) ::shutdown(session->peer.record.fd, SHUT_RDWR);
  return *session;
}

Session& Sessions::open(Context& context) {
  auto* session = new Session(context);
  list(*session);
  return *session;
}

void Sessions::list(Session& session) {
  const std::lock_guard lock(mutex_);
  session.next = first_;
  if (first_ != nullptr) first_->previous = &session;
  first_ = &session;
  open_.fetch_add(1, std::memory_order_relaxed);
}

void Sessions::unlist(Session& session) {
  const std::lock_guard lock(mutex_);
  (session.previous != nullptr ? session.previous->next : first_) = session.next;
  if (session.next != nullptr) session.next->previous = session.previous;
}

void Sessions::refuse(Session& session) {
  end(session);
}

void Sessions::destroy(Session& session) {
  delete &session;
  const std::lock_guard lock(mutex_);  // so that who sees that all have ended may end this object
  open_.fetch_sub(1, std::memory_order_relaxed);
  if (!watched_.exchange(false)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(changed_fd_.get(), &one, sizeof one);
}

bool Sessions::all_ended() {
  const std::lock_guard lock(mutex_);
  return empty();
}

void Sessions::watch() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(changed_fd_.get(), &count, sizeof count);
  watched_ = true;
}

void Sessions::add_outgoing(Session& session, OutgoingStream& stream) {
  const std::lock_guard lock(mutex_);
  stream.next = session.outgoing;
  session.outgoing = &stream;
}

void Sessions::remove_outgoing(Session& session, OutgoingStream& stream) {
  const std::lock_guard lock(mutex_);
  OutgoingStream** link = &session.outgoing;
  while (*link != &stream) link = &(*link)->next;
  *link = stream.next;
  stream.record.session = nullptr;  // which it may outlive, while the kernel names it
}

void Sessions::for_each(const std::function<void(Session&)>& visit) {
  const std::lock_guard lock(mutex_);
  for (Session* session = first_; session != nullptr; session = session->next) visit(*session);
}

std::vector<Op*> Sessions::in_flight() {
  std::vector<Op*> ops;
  for_each([&ops](Session& session) {
    const Op& own = session.peer.record.op;
    if (own.in_flight && own.verb != Verb::offload) ops.push_back(&session.peer.record.op);
    for (OutgoingStream* stream = session.outgoing; stream != nullptr; stream = stream->next) {
      if (stream->record.op.in_flight) ops.push_back(&stream->record.op);
    }
  });
  return ops;
}

Op* Sessions::longest_without_progress() {
  Op* slowest = nullptr;
  for_each([&slowest](Session& session) {
    Op* waits = nullptr;
    bool has_loan = false;
    const auto look = [&](StreamRecord& record) {
      if (waits_with_a_loan(record)) waits = &record.op;
      has_loan = has_loan || record.loan != nullptr;
    };
    look(session.peer.record);
    for (OutgoingStream* each = session.outgoing; each != nullptr; each = each->next) {
      look(each->record);
    }
    if (waits == nullptr || !has_loan) return;
    if (slowest == nullptr || waits->deadline < slowest->deadline) slowest = waits;
  });
  return slowest;
}

void retire(Stream& stream) {
  StreamRecord& record = stream.record;
  if (record.session != nullptr) {
    record.context->work.sessions.destroy(*record.session);
  } else {
    delete static_cast<OutgoingStream*>(&stream);
  }
}

}  // namespace weir
