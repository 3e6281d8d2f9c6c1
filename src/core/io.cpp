#include <algorithm>
#include <cerrno>
#include <span>
#include <sys/socket.h>

#include <weir/error.hpp>
#include <weir/io.hpp>
#include <weir/model.hpp>

#include "core/context.hpp"
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

bool Io::start_offload(Job& job) {
  Op& op = home_.op;
  op.verb = Verb::offload;
  op.error = 0;
  op.deadline = never;
  op.job = &job;
  job.op = &op;
  return home_.model->start(op) == Started::done;
}

std::uint64_t Io::random() {
  return home_.context->random.next();
}

namespace {

std::error_code system_error(int error) {
  return {error, std::system_category()};
}

StreamPtr outgoing(StreamRecord& home, int fd) {
  auto* stream = new OutgoingStream;
  StreamRecord& record = stream->record;
  record.op.stream = stream;
  record.model = &home.context->model;
  record.context = home.context;
  record.session = home.session;
  record.fd = fd;
  home.context->work.sessions.add_outgoing(*home.session, *stream);
  if (home.context->work.stop.forced()) ::shutdown(fd, SHUT_RDWR);
  return StreamPtr(stream);
}

/// An op that never waits, and so needs no place in a stream. Returns its error.
int perform(Verb verb, Stream& stream) {
  Op op;
  op.verb = verb;
  op.stream = &stream;
  stream.record.model->start(op);
  return op.error;
}

}  // namespace

void Stream::finish() {
  perform(Verb::finish, *this);
}

Task<Connected> Io::connect(Address address, Duration timeout) {
  Op op;
  op.verb = Verb::connect;
  op.stream = home_.op.stream;
  op.address = &address;
  home_.model->start(op);
  if (op.fd < 0) co_return Connected{nullptr, system_error(op.error)};
  StreamPtr stream = outgoing(home_, op.fd);
  int error = op.error;
  if (error == EINPROGRESS) {
    stream->record.out = Readiness::dry;
    try {
      const std::size_t first = co_await wait(writable(*stream), until(after(now(), timeout)));
      error = first == 0 ? 0 : ETIMEDOUT;
    } catch (const StreamError& failure) {
      error = failure.code().value();
    }
  }
  if (error == 0) error = perform(Verb::connected, *stream);
  if (error != 0) co_return Connected{nullptr, system_error(error)};
  co_return Connected{std::move(stream), {}};
}

void CloseStream::operator()(Stream* stream) const noexcept {
  StreamRecord& record = stream->record;
  record.context->work.sessions.remove_outgoing(*record.session,
                                                static_cast<OutgoingStream&>(*stream));
  record.model->close(*stream);
}

}  // namespace weir
