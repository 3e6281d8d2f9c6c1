// thread: a thread for each connection.
//
// Who waits, and where?  Each connection's own thread, inside recv or send, put to sleep and woken by
//   the kernel's scheduler. The main thread waits in poll for the next connection.
// Where does a connection's state live?  In the variables of the session, on its own thread.
// What does a connection cost?  A thread: some 80 us to make and to end, 14 KB of touched stack and
//   heap, 24 KB of the kernel's; and a switch (about 2 us) nearly each time that a request wakes it.
//   Its stack ends at 1 MiB. With the usual 8 MiB the C library keeps only five for those who come
//   after, and a connection that comes and goes costs nearly twice as much.
// Connection 10,001?  Gets a thread as long as `--max-connections` and the system's limits allow. When
//   a thread can't be made that one client is closed and counted, and accepting pauses a moment.
// A slow client?  Holds its own thread and nobody else's.
// A crash?  Ends the process, and so every connection: threads share their memory.
//
// The code of a session may block wherever it likes, and the kernel is fair to all of them; both are
// why this model is hard to beat for work that waits for databases and disks.
#include <exception>
#include <memory>

#include "core/blocking.hpp"
#include "core/context.hpp"
#include "core/detached.hpp"
#include "core/loans.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

constexpr std::size_t stack_bytes = std::size_t{1} << 20;

class Thread final : public Model {
 public:
  // The system call waits, and only this connection's thread with it.
  Started start(Op& op) override {
    perform_blocking(op, *op.stream->record.context);
    return Started::done;
  }

  void cancel(Op&) override {}  // nothing is ever pending

  void close(Stream& stream) override { close_blocking(stream); }

  void serve(Work& work) override {
    for (const Work::FreeSession& first : work.begin_with) {
      auto own = std::make_shared<Own>(*this, work);
      Session& session = work.sessions.open(own->context);
      start_thread(std::move(own), session, [&first, &session] { session.begin(first); });
    }
    while (Listener* listener = work.wait_for_connection()) {
      Listener::Accepted accepted = listener->accept();
      if (accepted.outcome == Listener::Outcome::refused) work.pause_after_refusal();
      if (accepted.outcome != Listener::Outcome::connection) continue;

      auto own = std::make_shared<Own>(*this, work);
      Session& session = work.sessions.open(own->context, std::move(accepted.fd));
      start_thread(std::move(own), session, [&session] { session.begin(); });
    }
    work.finish_drain();  // the threads end with their sessions
  }

 private:
  // What a connection's thread has for itself.
  struct Own {
    Own(Model& model, Work& work) : loans(memory_max_bytes), context{model, loans, work} {}
    static constexpr std::size_t memory_max_bytes = 16 * Loans::size_bytes;
    Loans loans;
    Context context;
  };

  // A thread that holds one whole conversation.
  template <class Conversation>
  static void start_thread(std::shared_ptr<Own> own, Session& session, Conversation conversation) {
    Work& work = own->context.work;
    try {
      start_detached(stack_bytes, [own, conversation] { conversation(); });
    } catch (const std::exception&) {
      // No thread to be had: this client is closed, the others go on.
      work.sessions.refuse(session);
      work.pause_after_refusal();
    }
  }
};

}  // namespace

std::unique_ptr<Model> make_thread() {
  return std::make_unique<Thread>();
}

}  // namespace weir
