// iterative: one connection at a time.
//
// Who waits, and where?  The only thread, inside accept, recv or send, for the one client it serves.
//   Everybody else waits in the kernel's accept queue.
// Where does a connection's state live?  In the variables of the session, on this one thread.
// What does a connection cost?  One descriptor and one record while it is served; while it queues,
//   only what the kernel keeps for it. No thread, no switch but those of waiting.
// Connection 10,001?  Waits in the queue with all the others (`--backlog`); past that the kernel drops
//   its handshake, and the client tries again.
// A slow client?  Holds the line: nobody is served until it has finished, or until `--idle-timeout`
//   or `--write-timeout` ends it. Nothing here can promise otherwise: one client that sends a byte a
//   second (slowhttptest -H, -B) or takes as little (-X) makes the service unavailable.
// A crash?  Ends the server, with the one client that it served.
//
// It is the simplest of all, the fastest for a single client, and right where requests are short,
// clients are few, and a queue is what one wants.
#include "core/blocking.hpp"
#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Iterative final : public Model {
 public:
  // The system call waits, so the operation is done when it returns. The session never suspends:
  // its coroutine is a function call.
  Started start(Op& op) override {
    perform_blocking(op, *context_);
    return Started::done;
  }

  void cancel(Op&) override {}  // nothing is ever pending

  void close(Stream& stream) override {
    if (stream.record.accepted) context_->work.serves(nullptr);
    close_blocking(stream);
  }

  void serve(Work& work) override {
    Loans loans(work.limits.loan_memory_max_bytes);
    Context context{*this, loans, work};
    context_ = &context;
    work.end_from_outside();

    for (const Work::FreeSession& first : work.begin_with) {
      Session& session = work.sessions.open(context);
      session.begin(first);
    }

    while (Listener* listener = work.wait_for_connection()) {
      Listener::Accepted accepted = listener->accept();
      if (accepted.outcome == Listener::Outcome::refused) work.pause_after_refusal();
      if (accepted.outcome != Listener::Outcome::connection) continue;

      Session& session = work.sessions.open(context, std::move(accepted.fd));
      // The only thread may be asleep in recv when it is asked to end, so the signal handler
      // itself shuts this socket down (or, among the threads of a server, the main one).
      work.serves(&session.peer.record);
      session.begin();  // the whole conversation: it returns when the session has ended
    }
  }

 private:
  Context* context_ = nullptr;
};

}  // namespace

std::unique_ptr<Model> make_iterative() {
  return std::make_unique<Iterative>();
}

}  // namespace weir
