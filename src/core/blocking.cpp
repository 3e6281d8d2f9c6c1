#include "core/blocking.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <sys/time.h>

#include <weir/io.hpp>
#include <weir/mailbox.hpp>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/readiness.hpp"
#include "core/sessions.hpp"
#include "core/socket.hpp"
#include "core/time_left.hpp"
#include "core/work.hpp"

namespace weir {
namespace {

constexpr Duration timer_resolution = std::chrono::milliseconds(1);

void set_timeout(int fd, int option, Duration timeout) {
  timeval value{};
  value.tv_sec = timeout.count() / 1'000'000'000;
  value.tv_usec = std::max<suseconds_t>(1, timeout.count() % 1'000'000'000 / 1000);
  ::setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

/// Sees to it that a recv returns by `deadline`. False when that has passed.
/// Repeated reads under one deadline halve the socket's timeout, rather than set it each time to
/// the little less that remains.
bool bound_receive(StreamRecord& stream, Time deadline) {
  const bool each_read_anew = stream.deadline == never;  // an idle timeout, always as long
  if (each_read_anew && stream.socket_timeout != Duration(0)) return true;
  const Duration remaining = deadline - Clock::now();
  if (remaining <= Duration(0)) return false;
  if (stream.socket_timeout != Duration(0) &&
      stream.socket_timeout <= remaining + timer_resolution) {
    return true;
  }
  const bool first = stream.socket_timeout == Duration(0);
  stream.socket_timeout = first ? remaining : std::max(remaining / 2, timer_resolution);
  set_timeout(stream.fd, SO_RCVTIMEO, stream.socket_timeout);
  return true;
}

void unbound_receive(StreamRecord& stream) {
  const timeval for_ever{};
  ::setsockopt(stream.fd, SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof for_ever);
  stream.socket_timeout = Duration(0);
}

void read_by_deadline(Op& op) {
  StreamRecord& stream = op.stream->record;
  while (bound_receive(stream, op.deadline)) {
    const ssize_t count = receive(stream, stream.loan, Loans::size_bytes, 0);
    op.error = count < 0 ? errno : 0;
    op.buffer = {stream.loan, static_cast<std::size_t>(std::max<ssize_t>(0, count))};
    if (op.error != EAGAIN) return;
    stream.socket_timeout = Duration(0);  // it fired, perhaps early: set it to what remains
    if (op.deadline <= Clock::now()) break;
  }
  op.error = ETIMEDOUT;
}

void read(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  if (!context.loans.lend(*op.stream)) {
    op.error = ENOBUFS;
    return;
  }
  if (op.deadline != never) return read_by_deadline(op);
  if (stream.socket_timeout != Duration(0)) unbound_receive(stream);
  const ssize_t count = receive(stream, stream.loan, Loans::size_bytes, 0);
  op.error = count < 0 ? errno : 0;
  op.buffer = {stream.loan, static_cast<std::size_t>(std::max<ssize_t>(0, count))};
}

void write_rest(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  // What the kernel takes at once needs no bound on the wait.
  if (send_parts(stream, op, MSG_DONTWAIT) < 0 && errno != EAGAIN) {
    op.error = errno;
    return;
  }
  if (op.count == 0) return;
  set_timeout(stream.fd, SO_SNDTIMEO, context.work.limits.write_timeout);
  while (op.count > 0) {
    if (send_parts(stream, op, 0) >= 0) continue;
    op.error = errno == EAGAIN ? ETIMEDOUT : errno;  // no byte taken in all that time
    return;
  }
}

[[gnu::noinline]] void write_some(Op& op) {
  op.error = 0;
  if (send_parts(op.stream->record, op, MSG_DONTWAIT) < 0 && errno != EAGAIN) op.error = errno;
}

/// ppoll(2) over `watched`, whose first is the descriptor that tells of a forced end. Sets the
/// error when that, or the deadline, is what came; true when a socket is ready.
bool poll_sources(Op& op, std::span<pollfd> watched) {
  for (;;) {
    const timespec left = op.deadline == never ? timespec{} : time_left(op.deadline);
    const int ready =
        ::ppoll(watched.data(), watched.size(), op.deadline == never ? nullptr : &left, nullptr);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) op.error = errno;
    if (ready == 0) op.error = ETIMEDOUT;
    if (ready > 0 && watched[0].revents != 0) op.error = ECANCELED;
    return op.error == 0;
  }
}

/// All mailboxes of a thread are told of by its inbox.
int listen(Op& op, Bell& bell, Inbox& inbox) {
  const int fd = inbox.fd();
  if (fd < 0) op.error = errno;
  bell.listen(op, inbox);
  return fd;
}

/// Several mailboxes share a descriptor, which poll(2) looks at for each of them: when it becomes
/// readable in between, it may be reported for another than the one that was posted to.
bool is_ready(const Source& source, const pollfd& watched) {
  return source.bell != nullptr ? source.bell->has_rung() : watched.revents != 0;
}

[[gnu::noinline]] void wait(Op& op, Context& context) {
  std::array<pollfd, wait_sources_max + 1> watched{};
  watched[0] = {context.work.stop.forced_fd(), POLLIN, 0};
  for (std::uint32_t i = 0; i < op.count; ++i) {
    const Source& source = op.sources[i];
    const short events = source.kind == Source::Kind::writable ? POLLOUT : POLLIN;
    int fd = source.stream != nullptr ? source.stream->record.fd : -1;
    if (source.bell != nullptr) fd = listen(op, *source.bell, context.inbox);
    watched[i + 1] = {fd, events, 0};
  }
  if (op.error == 0 && poll_sources(op, std::span(watched).first(op.count + 1))) {
    op.buffer.iov_len = 0;
    while (!is_ready(op.sources[op.buffer.iov_len], watched[op.buffer.iov_len + 1])) {
      ++op.buffer.iov_len;
    }
  }
  for (const Source& source : std::span(op.sources, op.count)) {
    if (source.bell != nullptr) source.bell->ignore();
  }
  context.inbox.hush();
  if (op.error == ETIMEDOUT) settle_at_deadline(op);
}

[[gnu::noinline]] void sleep(Op& op, Context& context) {
  std::array<pollfd, 1> watched{{{context.work.stop.forced_fd(), POLLIN, 0}}};
  poll_sources(op, watched);
  if (op.error == ETIMEDOUT) settle_at_deadline(op);
}

}  // namespace

void perform_blocking_other(Op& op, Context& context) {
  switch (op.verb) {
    case Verb::read:
      return read(op, context);
    case Verb::write:
      return write_rest(op, context);
    case Verb::write_some:
      return write_some(op);
    case Verb::wait:
      return wait(op, context);
    case Verb::sleep:
      return sleep(op, context);
    case Verb::offload:
      return op.job->run(*op.job);
    case Verb::finish:
    case Verb::connect:
    case Verb::connected:
      perform_at_once(op, context);
      return;
    case Verb::none:
      return;
  }
}

void close_blocking(Stream& stream) {
  stream.record.context->loans.take_back(stream);
  if (stream.record.fd >= 0) ::close(stream.record.fd);
  retire(stream);
}

}  // namespace weir
