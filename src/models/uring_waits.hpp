#pragma once
#include <cstdint>
#include <poll.h>
#include <utility>

#include <weir/io.hpp>
#include <weir/mailbox.hpp>

#include "core/loans.hpp"
#include "models/uring_ring.hpp"

namespace weir {

/// How many requests of the op the kernel has. (No op is done at once here, so the field is free.)
inline std::uint8_t& requests(Op& op) {
  return op.done_at_once;
}

/// What the kernel has been asked for a read or a write.
inline Tag::Kind request_of(const Op& op) {
  if (op.verb == Verb::read) return Tag::Kind::read;
  return op.stream->record.out == Readiness::dry ? Tag::Kind::room : Tag::Kind::write;
}

/// A session's wait: a poll for each of its sources. The first that completes is the result; the
/// others are taken back, and the op completes when the kernel names it no more.
class Waits {
 public:
  Waits(Ring& ring, Loans& loans) : ring_(ring), loans_(loans) {}

  Started start(Op& op, Inbox& inbox) {
    if (find_posted(op)) return Started::done;
    op.in_flight = true;
    requests(op) = 0;
    for (std::uint32_t i = 0; i < op.count; ++i) {
      const Source& source = op.sources[i];
      if (source.bell != nullptr) source.bell->listen(op, inbox);
      if (source.stream == nullptr) continue;
      const bool in = source.kind == Source::Kind::readable;
      if (in) loans_.take_back(*source.stream);
      ring_.poll(source.stream->record.fd, in ? POLLIN | POLLRDHUP : POLLOUT,
                 Tag::of(Tag::Kind::source, op, i));
      ++requests(op);
    }
    return Started::pending;
  }

  /// One of its polls has completed. True: it was the last.
  bool is_over(const Completion& poll) {
    Op& op = poll.tag.op();
    --requests(op);
    if (op.count != 0) {
      if (poll.result < 0)
        op.error = -poll.result;
      else
        op.buffer.iov_len = poll.tag.source();
      take_back(op);
    }
    return requests(op) == 0;
  }

  /// It is a wait that has its result, and waits for nothing but its requests to end.
  static bool has_result(Op& op) {
    return op.verb == Verb::wait && requests(op) > 0 && op.count == 0;
  }

  void take_back(Op& op) {
    for (std::uint32_t i = 0; i < op.count; ++i) {
      if (op.sources[i].bell != nullptr) op.sources[i].bell->ignore();
      if (op.sources[i].stream != nullptr && requests(op) > 0)
        ring_.cancel(Tag::of(Tag::Kind::source, op, i));
    }
    op.count = 0;
  }

  /// A mailbox among the sources holds something: the first such is the result.
  static bool find_posted(Op& op) {
    for (std::uint32_t i = 0; i < op.count; ++i) {
      if (op.sources[i].bell == nullptr || !op.sources[i].bell->has_rung()) continue;
      op.buffer.iov_len = i;
      return true;
    }
    return false;
  }

  /// A chore of each turn: sees to it that the loop is told when something lies in its inbox.
  void watch_inbox(int fd) {
    if (!std::exchange(inbox_watched_, true)) ring_.poll(fd, POLLIN, Tag::of(Tag::Kind::inbox, 0));
  }
  void on_inbox() { inbox_watched_ = false; }

 private:
  Ring& ring_;
  Loans& loans_;
  bool inbox_watched_ = false;
};

}  // namespace weir
