#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include <weir/io.hpp>
#include <weir/stream.hpp>

#include "core/context.hpp"
#include "core/descriptor.hpp"

namespace weir {

class Work;

/// An outgoing stream, linked to the session that opened it.
struct OutgoingStream : Stream {
  OutgoingStream* next = nullptr;
};

/// One run of a session: its task, its stream, its place in the list. A session without a listener
/// has an unconnected `peer`, whose op carries its sleeps and waits.
struct Session : Root {
  explicit Session(Context& context);

  Session* previous = nullptr;
  Session* next = nullptr;
  OutgoingStream* outgoing = nullptr;
  Task<> task;
  Io io{peer.record};
  bool lingering = false;
  bool failed = false;
  bool stream_failed = false;  // and so there is nobody to linger for
  Stream peer;

  /// Runs the session of `context.work` on its accepted peer up to its first wait, or its end.
  void begin();
  /// The same for a session without a listener.
  void begin(const std::function<Task<>(Io&)>& first);
  /// The same for the task that `make` gives. What `make` throws ends the session.
  void begin(const std::function<Task<>()>& make);
};

/// The sessions that are open in this process.
class Sessions {
 public:
  Sessions();

  /// A session for the accepted connection `fd`, not yet begun.
  Session& open(Context& context, Descriptor fd);
  /// A session without a connection.
  Session& open(Context& context);

  /// The number of sessions whose records live.
  std::uint32_t open() const { return open_.load(std::memory_order_relaxed); }
  bool empty() const { return open() == 0; }
  /// The same, and nobody touches this object any more.
  bool all_ended();

  /// Takes the session off the list: nothing reaches its descriptors from now on.
  void unlist(Session& session);
  /// Ends a session that was opened and not begun, closing its connection.
  void refuse(Session& session);
  /// Ends its record. The last thing that touches a session.
  void destroy(Session& session);

  void add_outgoing(Session& session, OutgoingStream& stream);
  void remove_outgoing(Session& session, OutgoingStream& stream);

  /// Calls `visit` with each listed session while the list is locked.
  void for_each(const std::function<void(Session&)>& visit);

  /// The operations in flight that can be cancelled, which are all but offloads; at most one a session.
  /// For models with one thread.
  std::vector<Op*> in_flight();

  /// Of the ops whose sessions hold a buffer while they wait for something else (to write, for room, for
  /// another stream's bytes) the one that has waited the longest; null when there is none.
  Op* longest_without_progress();

  /// Readable after a session ended, once `watch` was called; each call watches for one.
  int changed_fd() const { return changed_fd_.get(); }
  void watch();

 private:
  void list(Session& session);

  std::mutex mutex_;
  Session* first_ = nullptr;
  std::atomic<std::uint32_t> open_{0};
  std::atomic<bool> watched_{false};
  Descriptor changed_fd_;
};

/// The model is done with a stream that was closed: its record ends.
void retire(Stream& stream);

}  // namespace weir
