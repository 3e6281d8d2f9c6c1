// pool: a fixed number of threads, and a bounded queue in front of them.
//
// Who waits, and where?  The thread that has a connection, inside recv or send, for that one until it
//   ends. Threads without one wait for the queue. The main thread accepts, and waits in poll.
// Where does a connection's state live?  In the variables of the session, on the thread that serves it.
// What does a connection cost?  While it is served a thread, made once and used again: a switch nearly
//   each time that a request wakes it, but no thread to make. While it queues, a descriptor.
// Connection 10,001?  Is accepted while there is room in the queue, which has as many places as there
//   are threads. Then the main thread accepts no more, and the rest wait in the kernel's queue
//   (`--backlog`). A drain serves them all. (Workers that share a listener have no queue of their own:
//   nobody is to wait for one while another is idle.)
// A slow client?  Holds one of the threads (`--pool`). As many slow clients as threads hold everything:
//   a pool serves whole connections, and nobody else is served until one of them ends. A slow attack
//   (slowhttptest) leaves the service available while it has fewer connections than there are
//   threads, and no longer.
// A crash?  Ends the process, and so every connection: threads share their memory.
//
// It bounds what the server takes of the machine, and is at its best where connections are short. Where
// they are held open and idle it starves the rest; `--idle-timeout` is the remedy.
//
// Sessions share memory: yes. A fault is isolated: no. A session that computes stops others: no, it
// takes a thread of the pool from them.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/blocking.hpp"
#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Pool final : public Model {
 public:
  explicit Pool(std::uint32_t threads) : threads_max_(threads) {}

  // The system call waits, and only the thread that serves this connection with it.
  Started start(Op& op) override {
    perform_blocking(op, *op.stream->record.context);
    return Started::done;
  }

  void cancel(Op&) override {}  // nothing is ever pending

  void close(Stream& stream) override { close_blocking(stream); }

  void serve(Work& work) override {
    std::vector<std::jthread> threads = make_threads(work);
    const auto own = static_cast<std::uint32_t>(threads.size());
    const bool shared = !work.listeners.empty() && work.listeners.front().shared();
    work.connections_max = std::min(work.connections_max, shared ? own : 2 * own);
    Loans no_loans(0);
    Context queue{*this, no_loans, work};  // where a session is until a thread takes it

    for (const Work::FreeSession& first : work.begin_with) {
      put({&work.sessions.open(queue), &first});
    }
    try {
      accept(work, queue);
    } catch (...) {  // the threads go on until they are told
      work.stop.request();
      work.finish_drain();
      put(no_more);
      throw;
    }
    work.finish_drain();  // until the threads have served the queue, too
    put(no_more);
  }

 private:
  struct Job {
    Session* session;
    const Work::FreeSession* first;  // of a session without a connection
  };
  static constexpr Job no_more{nullptr, nullptr};

  void accept(Work& work, Context& queue) {
    while (Listener* listener = work.wait_for_connection()) {
      Listener::Accepted accepted = listener->accept();
      if (accepted.outcome == Listener::Outcome::refused) work.pause_after_refusal();
      if (accepted.outcome != Listener::Outcome::connection) continue;
      put({&work.sessions.open(queue, std::move(accepted.fd)), nullptr});
    }
  }

  // All that were asked for, or as many as the system grants.
  std::vector<std::jthread> make_threads(Work& work) {
    std::vector<std::jthread> threads;
    try {
      while (threads.size() < threads_max_) threads.emplace_back([&] { serve_queue(work); });
    } catch (const std::system_error& error) {
      if (threads.empty()) throw;
      work.log.line(fmt::format("only {} of {} threads could be made: {}", threads.size(),
                                threads_max_, error.what()));
    }
    return threads;
  }

  void put(Job job) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(job);
    changed_.notify_one();
  }

  // The oldest; waits for one. The end stays in the queue, for every thread to see.
  Job take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !queue_.empty(); });
    const Job job = queue_.front();
    if (job.session != nullptr)
      queue_.pop_front();
    else
      changed_.notify_one();
    return job;
  }

  // What each thread does: one whole conversation after the other.
  void serve_queue(Work& work) {
    constexpr std::size_t memory_max_bytes = 16 * Loans::size_bytes;
    Loans loans(memory_max_bytes);
    Context context{*this, loans, work};
    for (Job job = take(); job.session != nullptr; job = take()) {
      job.session->peer.record.context = &context;
      if (job.first != nullptr)
        job.session->begin(*job.first);
      else
        job.session->begin();
    }
  }

  const std::uint32_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
};

}  // namespace

std::unique_ptr<Model> make_pool(std::uint32_t threads) {
  return std::make_unique<Pool>(threads);
}

}  // namespace weir
