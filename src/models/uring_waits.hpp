#pragma once
#include <algorithm>
#include <cstdint>
#include <poll.h>
#include <span>
#include <utility>

#include <weir/io.hpp>

#include "core/event_loop.hpp"
#include "core/readiness.hpp"
#include "models/uring_ring.hpp"

namespace weir {

/// Whether the kernel has a request of the op: 1, or 0. (No op is done at once here, so the field is
/// free.)
inline std::uint8_t& requests(Op& op) {
  return op.done_at_once;
}

/// What the kernel has been asked for a read or a write.
inline Tag::Kind request_of(const Op& op) {
  if (op.verb == Verb::read) return Tag::Kind::read;
  return op.stream->record.out == Readiness::dry ? Tag::Kind::room : Tag::Kind::write;
}

/// Sessions' waits: a poll for each stream and direction among the sources. A poll names its stream,
/// not the op: a wait that ends by another source leaves it to the next wait, which mostly is for the
/// same streams. So a relay asks for one poll for what comes, not for two, one of which it would take
/// back.
///
/// In a record's `interest` is which polls the kernel has; they keep the record alive.
class Waits {
 public:
  Waits(Ring& ring, EventLoop& loop) : ring_(ring), loop_(loop) {}

  Started start(Op& op) {
    if (find_ready(op)) return Started::done;
    requests(op) = 0;
    for (const Source& source : std::span(op.sources, op.count)) {
      if (source.stream != nullptr) watch(*source.stream, kind_of(source));
    }
    hold(op, loop_.context());
    return Started::pending;
  }

  /// A poll has completed. Returns the wait that has its result by it, or null: nobody waits for that
  /// any more, and who does next asks anew; or it was outdated, and the kernel is asked again.
  Op* take(const Completion& poll) {
    const Tag::Kind kind = poll.tag.kind();
    StreamRecord& record = poll.tag.stream().record;
    const bool outdated = (record.interest & outdated_bit(kind)) != 0;
    record.interest &= ~(bit(kind) | outdated_bit(kind));
    if (record.fd < 0) {
      if (record.interest == 0) bury(poll.tag.stream());
      return nullptr;
    }
    Op* const op = record.waiting;
    if (op == nullptr || op->verb != Verb::wait) return nullptr;
    const std::span sources(op->sources, op->count);
    const auto source = std::find_if(sources.begin(), sources.end(), [&](const Source& each) {
      return each.stream == &poll.tag.stream() && kind_of(each) == kind;
    });
    if (source == sources.end()) return nullptr;
    if (outdated) {
      watch(*source->stream, kind);
      return nullptr;
    }
    if (poll.result < 0)
      op->error = -poll.result;
    else
      op->buffer.iov_len = static_cast<std::size_t>(source - sources.begin());
    return op;
  }

  /// A read, or a write, may use up what a poll is about to report: then the kernel is asked again.
  static void outdate(StreamRecord& record, Tag::Kind kind) {
    record.interest |= (record.interest & bit(kind)) << outdated_shift;
  }

  /// The stream is closed: it is buried when the kernel has no poll of it any more. Until it has
  /// taken the polls back, it has the socket, too.
  void close(Stream& stream) {
    if (stream.record.interest == 0) return loop_.bury(stream);
    ++closing_;
    for (const Tag::Kind kind : {Tag::Kind::readable, Tag::Kind::writable}) {
      if ((stream.record.interest & bit(kind)) != 0) ring_.cancel(Tag::of(kind, stream));
    }
  }
  bool closing() const { return closing_ > 0; }

  /// A chore of each turn: sees to it that the loop is told when something lies in its inbox.
  void watch_inbox(int fd) {
    if (!std::exchange(inbox_watched_, true)) ring_.poll(fd, POLLIN, Tag::of(Tag::Kind::inbox, 0));
  }
  void on_inbox() { inbox_watched_ = false; }

 private:
  static constexpr std::uint32_t outdated_shift = 2;

  static constexpr std::uint32_t bit(Tag::Kind kind) { return kind == Tag::Kind::readable ? 1 : 2; }
  static constexpr std::uint32_t outdated_bit(Tag::Kind kind) {
    return bit(kind) << outdated_shift;
  }
  static Tag::Kind kind_of(const Source& source) {
    return source.kind == Source::Kind::readable ? Tag::Kind::readable : Tag::Kind::writable;
  }

  void watch(Stream& stream, Tag::Kind kind) {
    if ((stream.record.interest & bit(kind)) != 0) return;
    const int events = kind == Tag::Kind::readable ? POLLIN | POLLRDHUP : POLLOUT;
    ring_.poll(stream.record.fd, events, Tag::of(kind, stream));
    stream.record.interest |= bit(kind);
  }

  void bury(Stream& stream) {
    --closing_;
    loop_.bury(stream);
  }

  Ring& ring_;
  EventLoop& loop_;
  std::uint32_t closing_ = 0;  // streams that are closed, and not yet buried
  bool inbox_watched_ = false;
};

}  // namespace weir
