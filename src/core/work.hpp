#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include <weir/io.hpp>
#include <weir/task.hpp>

#include "core/limits.hpp"
#include "core/listener.hpp"
#include "core/log.hpp"
#include "core/sessions.hpp"
#include "core/shared.hpp"
#include "core/statistics.hpp"
#include "core/stop.hpp"

namespace weir {

class ExclusiveWait;

/// What a model is given to serve: listeners (none or many) with the session that each connection
/// gets, and sessions to begin with; and what bounds, counts and ends it all.
class Work {
  Shared<Statistics> own_statistics_;  // with the processes that a model makes

 public:
  using PeerSession = std::function<Task<>(Stream&)>;
  using FreeSession = std::function<Task<>(Io&)>;

  /// `counted_elsewhere`: where the statistics are, if not in this object.
  Work(Stop& stop, Limits limits, Log log = Log::quiet(), Statistics* counted_elsewhere = nullptr);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  PeerSession session;
  std::vector<Listener> listeners;
  std::vector<FreeSession> begin_with;

  const Limits limits;
  std::uint32_t connections_max;  // the limit's, which a model may lower until the drain
  Stop& stop;
  Statistics& statistics;
  Log log;
  Sessions sessions;

  /// poll(2): the next listener that has a connection, once there is room for it. When a drain is
  /// asked for it begins one, goes on until the queues of the listeners are empty, and closes them.
  /// Null when there is no listener (left). For models whose accepting thread may block.
  Listener* wait_for_connection();
  /// How many connections wait at the listeners to be accepted.
  int queued() const;
  bool full() const { return sessions.open() >= connections_max; }

  /// Asked to end: the reads of accepted streams give what has arrived, then end.
  bool draining() const noexcept { return stop.requested(); }
  /// Ends the reads of the accepted streams, by shutdown(2): the first half of a drain.
  void begin_drain();
  void close_listeners();
  /// For blocking models: waits until every session has ended; when the grace time is over, or the
  /// end is asked for again, shuts every socket down in both directions and waits on.
  void finish_drain();
  /// Shuts every socket down in both directions: what waits ends.
  void force_end();
  /// Whether the model has its process for itself, or is one of several workers on threads.
  enum class Company { alone, among_threads };
  Company company = Company::alone;
  /// For a model whose only thread waits inside system calls, where it can watch nothing else: the
  /// end reaches the stream that it serves from outside. Alone, by the handler of the signal; among
  /// threads, by the main thread, which calls `end_reads_of_all` and `force_end`. Said at first.
  void end_from_outside();
  bool ends_from_outside() const { return ends_from_outside_; }
  /// The stream that such a model serves from now on; null before it is closed.
  void serves(StreamRecord* stream);
  /// Ends the reads of the accepted streams, from whatever thread.
  void end_reads_of_all();

  /// A connection was refused for want of descriptors or threads: counts it, and waits a moment so
  /// that the accept loop doesn't spin.
  void pause_after_refusal();

 private:
  bool can_wait_exclusively();

  std::unique_ptr<ExclusiveWait> exclusive_wait_;  // once it is needed
  std::atomic<bool> ends_from_outside_{false};
  bool begun_ = false;
  int last_accepts_ = 0;  // of a drain that has begun
  bool forced_ = false;
};

}  // namespace weir
