#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <span>
#include <sys/socket.h>

#include <weir/error.hpp>
#include <weir/io.hpp>
#include <weir/model.hpp>

#include "core/context.hpp"
#include "core/descriptor.hpp"
#include "core/sessions.hpp"
#include "core/work.hpp"

namespace weir {

Source readable(Stream& stream) {
  return {Source::Kind::readable, &stream, never};
}
Source writable(Stream& stream) {
  return {Source::Kind::writable, &stream, never};
}
Source until(Time time) {
  return {Source::Kind::until, nullptr, time};
}

Time Io::now() const {
  return home_.context->now();
}

bool Io::start_sleep(Duration duration) {
  Op& op = home_.op;
  op.verb = Verb::sleep;
  op.error = 0;
  op.deadline = after(home_.context->exact_now(), std::max(Duration(0), duration));
  return home_.model->start(op) == Started::done;
}

void Io::take_slept() {
  if (home_.op.error != 0) throw StreamError(home_.op.error, "sleep");
}

namespace {

/// When a wait for this stream has taken too long: its deadline, or its idle timeout.
Time bound_of(const Stream& stream) {
  const StreamRecord& record = stream.record;
  if (record.idle_timeout == Duration(0)) return record.deadline;
  return std::min(record.deadline, after(record.context->now(), record.idle_timeout));
}

}  // namespace

bool Io::start_wait(Source* sources, std::uint32_t count) {
  Op& op = home_.op;
  op.verb = Verb::wait;
  op.error = 0;
  op.sources = sources;
  op.count = count;
  op.deadline = never;
  for (const Source& source : std::span(sources, count)) {
    op.deadline =
        std::min(op.deadline, source.stream != nullptr ? bound_of(*source.stream) : source.time);
  }
  return home_.model->start(op) == Started::done;
}

std::size_t Io::take_ready() {
  if (home_.op.error != 0) throw StreamError(home_.op.error, "wait");
  return home_.op.buffer.iov_len;
}

namespace {

std::error_code system_error(int error) {
  return {error, std::system_category()};
}

StreamPtr outgoing(StreamRecord& home, Descriptor socket) {
  auto* stream = new OutgoingStream;
  StreamRecord& record = stream->record;
  record.op.stream = stream;
  record.model = &home.context->model;
  record.context = home.context;
  record.session = home.session;
  record.fd = socket.release();
  home.context->work.sessions.add_outgoing(*home.session, *stream);
  if (home.context->work.stop.forced()) ::shutdown(record.fd, SHUT_RDWR);
  return StreamPtr(stream);
}

int pending_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Task<Connected> Io::connect(Address address, Duration timeout) {
  Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) co_return Connected{nullptr, system_error(errno)};
  const int on = 1;
  if (address.family() != AF_UNIX) {
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const int fd = socket.get();
  int error = ::connect(fd, address.data(), address.size()) == 0 ? 0 : errno;
  StreamPtr stream = outgoing(home_, std::move(socket));
  if (error == EINPROGRESS) {
    stream->record.out = Readiness::dry;
    try {
      const std::size_t first = co_await wait(writable(*stream), until(after(now(), timeout)));
      error = first == 0 ? pending_error(fd) : ETIMEDOUT;
    } catch (const StreamError& failure) {
      error = failure.code().value();
    }
  }
  if (error != 0) co_return Connected{nullptr, system_error(error)};
  if (!home_.context->turns) {  // blocking models block in recv(2)
    const int flags = ::fcntl(fd, F_GETFL);
    ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  }
  co_return Connected{std::move(stream), {}};
}

void CloseStream::operator()(Stream* stream) const noexcept {
  StreamRecord& record = stream->record;
  record.context->work.sessions.remove_outgoing(*record.session,
                                                static_cast<OutgoingStream&>(*stream));
  record.model->close(*stream);
}

}  // namespace weir
