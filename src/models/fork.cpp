// fork: a process for each connection.
//
// Who waits, and where?  Each connection's own process, inside recv or send, put to sleep and woken by
//   the kernel's scheduler. The parent waits in poll for the next connection and for children to end.
// Where does a connection's state live?  In the variables of the session, in its own process: a copy
//   of the parent's memory, of which only the pages that it writes to become its own.
// What does a connection cost?  A process: 160 us to 3 ms to make and to bury, some 80 KB of memory of
//   its own and 68 KB of the kernel's (stack and page tables); and a switch nearly each time that a
//   request wakes it. The larger the parent, the more, since its page tables are copied.
// Connection 10,001?  Gets a process as long as `--max-connections` and the system's limits allow. When
//   none can be made that one client is closed and counted, and accepting pauses a moment.
// A slow client?  Holds its own process and nobody else's. A slow attack (slowhttptest) leaves the
//   service available up to `--max-connections`, but each of its connections costs a process.
// A crash?  Ends one connection. The parent notes it in its log, counts it, and goes on.
//
// The memory of sessions is apart: what one of them changes, no other sees. That is the model's worth
// (a fault or a leak of one session stays with it, and dies with it) and its bound: a service whose
// sessions share memory can't be served like this.
//
// Sessions share memory: no. A fault is isolated: yes. A session that computes stops others: no, and
// it can be ended, by a signal that it can't refuse.
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/blocking.hpp"
#include "core/children.hpp"
#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/poll_until.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Fork final : public Model {
 public:
  // In the child. The system call waits, and only this connection's process with it.
  Started start(Op& op) override {
    perform_blocking(op, *op.stream->record.context);
    return Started::done;
  }

  void cancel(Op&) override {}  // nothing is ever pending

  void close(Stream& stream) override {
    if (stream.record.accepted) stream.record.context->work.serves(nullptr);
    close_blocking(stream);
  }

  // In the parent, which runs no session itself.
  void serve(Work& work) override {
    Children children;
    for (const Work::FreeSession& first : work.begin_with) {
      if (!children.start([&] { converse(work, first); })) work.pause_after_refusal();
    }
    Drain drain;
    while (!work.listeners.empty() || children.size() > 0) {
      wait(work, children, drain);
      bury(work, children);
      for (int i = 0; i < accepts_at_once_max && accept_one(work, children); ++i) continue;
      if (work.draining()) go_on_draining(work, children, drain);
    }
    work.statistics.count_lost();  // a session that called exit() has told nobody
  }

 private:
  static constexpr int accepts_at_once_max = 64;
  static constexpr Duration force_again = std::chrono::milliseconds(100);
  static constexpr Duration force_patience = std::chrono::seconds(5);  // less than a supervisor has

  struct Drain {
    bool begun = false;
    bool forced = false;
    Time next_at = never;  // the force; then its repetition
    Time kill_at = never;
  };

  static bool room(const Work& work, const Children& children) {
    return children.size() < work.connections_max;
  }

  static void wait(const Work& work, const Children& children, const Drain& drain) {
    std::vector<pollfd> watched{{children.ended_fd(), POLLIN, 0}};
    if (!drain.begun) watched.push_back({work.stop.requested_fd(), POLLIN, 0});
    if (!drain.forced) watched.push_back({work.stop.forced_fd(), POLLIN, 0});
    for (const Listener& listener : work.listeners) {
      if (room(work, children)) watched.push_back({listener.fd(), POLLIN, 0});
    }
    poll_until(watched, drain.next_at);
  }

  // No zombie stays, and a crash does not pass in silence.
  static void bury(Work& work, Children& children) {
    children.reap([&work](pid_t pid, int status) {
      work.statistics.count(FailureKind::other);
      const std::string how =
          WIFSIGNALED(status)
              ? fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))
              : fmt::format("exit code {}", WEXITSTATUS(status));
      work.log.line(fmt::format("process {} ended by {}, and with it its connection", pid, how));
    });
  }

  // A connection from each listener that has one. False: there was none, or there is no room.
  bool accept_one(Work& work, Children& children) {
    bool any = false;
    for (Listener& listener : work.listeners) {
      if (!room(work, children)) return false;
      Listener::Accepted accepted = listener.accept();
      any = any || accepted.outcome == Listener::Outcome::connection;
      if (accepted.outcome == Listener::Outcome::none) continue;
      if (accepted.outcome == Listener::Outcome::connection &&
          children.start([&] { converse(work, std::move(accepted.fd)); })) {
        continue;
      }
      work.pause_after_refusal();  // and the client's connection is closed
      return false;
    }
    return any;
  }

  // Who queues is served, and knows of the drain already. Not who comes meanwhile: clients may connect
  // faster than one can fork.
  void take_queue(Work& work, Children& children) {
    int queued = work.queued();
    while (queued-- > 0 && accept_one(work, children)) continue;
  }

  // The request to end goes to the children, and when they don't follow in time, force.
  void go_on_draining(Work& work, Children& children, Drain& drain) {
    const Time now = Clock::now();
    if (!std::exchange(drain.begun, true)) {
      children.signal_all(SIGTERM);
      work.begin_drain();
      take_queue(work, children);
      work.close_listeners();
      drain.next_at = after(now, work.limits.drain_timeout);
    }
    if (now < drain.next_at && (drain.forced || !work.stop.forced())) return;
    if (!std::exchange(drain.forced, true)) drain.kill_at = now + force_patience;
    work.stop.force();
    children.signal_all(now < drain.kill_at ? SIGALRM : SIGKILL);
    drain.next_at = now + force_again;  // should one have come just before a call that waits
  }

  // --- in the child, which has this one session

  void converse(Work& work, Descriptor connection) {
    Here here(*this, work);
    Session& session = work.sessions.open(here.context, std::move(connection));
    // It may be asleep in recv when it is asked to end, so the signal handler shuts its socket down.
    work.serves(&session.peer.record);
    session.begin();
  }

  void converse(Work& work, const Work::FreeSession& first) {
    Here here(*this, work);
    work.sessions.open(here.context).begin(first);
  }

  // What the child takes over from its parent, and what it has for itself.
  struct Here {
    Here(Model& model, Work& work) : loans(memory_max_bytes), context{model, loans, work} {
      work.close_listeners();
      work.end_from_outside();
      work.stop.take_over_in_child();
      if (work.log.verbose()) work.log = work.log.of_process(::getpid());
    }
    static constexpr std::size_t memory_max_bytes = 16 * Loans::size_bytes;
    Loans loans;
    Context context;
  };
};

}  // namespace

std::unique_ptr<Model> make_fork() {
  return std::make_unique<Fork>();
}

}  // namespace weir
