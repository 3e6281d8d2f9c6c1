// poll: one thread, and a loop over one array of all sockets.
//
// Who waits, and where?  The thread, in poll, for all connections at once. A session that has to wait
//   is suspended: its coroutine returns to the loop, which resumes it in time.
// Where does a connection's state live?  In its coroutine's frame and its record on the heap, and in
//   an entry of the array.
// What does a connection cost?  Some 450 bytes of user memory, no thread, no buffer while it is idle;
//   but time in every turn: the kernel is handed the whole array and asks each socket, and the loop
//   looks for those that were reported. Idle connections make the busy ones dearer.
// Connection 10,001?  Makes every turn longer, as each before it did, up to `--max-connections`; then
//   the listener is left alone until one ends, and the rest wait in its queue.
// A slow client?  Costs nobody more than its entry: its session stays suspended until its deadline.
// A crash?  Ends the process, and so every connection.
//
// The array is all there is: to change what is waited for costs no system call. A socket is reported
// as long as it is ready, so an entry asks for nothing while nobody waits for its socket. poll(2)
//
// Sessions share memory, and run one at a time: they need no locks.
// Faults are not isolated: one session's is everybody's.
// A session that computes stops all others.
#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <vector>

#include "core/ready_loop.hpp"
#include "core/time_left.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Poll final : public Model {
 public:
  // Carry the op out now, unless its socket is known to be dry: then it waits, suspended, until
  // poll reports the socket and the loop completes it.
  Started start(Op& op) override {
    if (!loop_->wait_at_once(op)) return try_now(op);
    // Nearly always its entry asks already. (Number 0 is no stream's, and asks for less.)
    if (entries_.data()[op.stream->record.interest].events != reading) ask_for(*op.stream, reading);
    return Started::pending;
  }

  void cancel(Op& op) override { loop_->cancel(op); }

  void close(Stream& stream) override {
    forget(stream);
    loop_->close(stream);
  }

  void serve(Work& work) override {
    ReadyLoop loop(*this, work);
    loop_ = &loop;
    for (const int fd : {loop.inbox_fd(), work.stop.requested_fd(), work.stop.forced_fd()})
      entries_.push_back({fd, POLLIN, 0});
    for (const Listener& listener : work.listeners) entries_.push_back({listener.fd(), POLLIN, 0});
    first_stream_ = entries_.size();
    streams_.resize(first_stream_);
    for (const auto& first : work.begin_with) work.sessions.open(loop.context()).begin(first);
    for (;;) {
      if (loop.has_chores()) {
        do_chores(work);
        if (loop.over()) return;
      }
      wait_and_go_on(work, loop.next_turn_at());
    }
  }

 private:
  static constexpr int accepts_at_once_max = 64;
  static constexpr std::size_t stops = 3;  // the entries before those of the listeners
  static constexpr short reading = POLLIN | POLLRDHUP;

  [[gnu::noinline]] Started try_now(Op& op) {
    const ReadyLoop::Outcome outcome = loop_->start(op);
    if (outcome == ReadyLoop::Outcome::has_to_wait) [[unlikely]]
      each_stream(op, [&](Stream& stream) { return ask_for(stream, needs(op, stream)); });
    return outcome == ReadyLoop::Outcome::done ? Started::done : Started::pending;
  }

  // Wait; then resume each session whose socket is ready, and accept. From the end: the last entry,
  // which takes the place of one that ends, has been looked at by then.
  void wait_and_go_on(Work& work, Time until) {
    int left = wait(until);
    loop_->context().next_turn();
    // More entries than the limit of descriptors, which somebody has lowered.
    if (left < 0 && errno == EINVAL) throw std::system_error(errno, std::system_category(), "poll");
    for (std::size_t i = entries_.size(); left > 0; i = std::min(i, entries_.size())) {
      pollfd* const entries = entries_.data();
      while (i > 0 && entries[i - 1].revents == 0) --i;
      if (i-- == 0) return;  // one that was reported has been closed meanwhile
      const int events = std::exchange(entries[i].revents, short{0});  // it may be moved
      if (Stream* stream = streams_.data()[i])
        on_event(*stream, events);
      else
        on_stop_or_listener(i, work);
      if (--left == 0) return;
    }
  }

  int wait(Time until) {
    if (until == never) return ::poll(entries_.data(), entries_.size(), -1);
    const timespec left = until == Time{} ? timespec{} : time_left(until);
    return ::ppoll(entries_.data(), entries_.size(), &left, nullptr);
  }

  void on_event(Stream& stream, int events) {
    const bool hangup = (events & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
    const bool in = (events & POLLIN) != 0 || hangup;
    const bool out = (events & (POLLOUT | POLLHUP | POLLERR)) != 0;
    if (loop_->on_ready(stream.record, in, out, hangup)) return;
    // What nobody uses up would be reported again at once.
    const Op* op = stream.record.waiting;
    ask_for(stream, op != nullptr ? needs(*op, stream) : short{0});
  }

  [[gnu::noinline]] void on_stop_or_listener(std::size_t i, Work& work) {
    if (i > 0 && i < stops) entries_[i].fd = -1;  // a request to end stays readable: once is enough
    loop_->look_again();
    if (i >= stops) accept_from(work.listeners[i - stops], work);
  }

  // What is not sockets: ops put off, deadlines, the drain, the records of closed streams.
  [[gnu::noinline]] void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off()) {
      if (start(*op) == Started::done) loop_->complete(*op);
    }
    if (loop_->drain_begins()) {
      for (Listener& listener : work.listeners) {
        for (int i = 0; i < accepts_at_once_max && accept_from(listener, work); ++i) continue;
      }
      loop_->begin_drain();
    }
    loop_->do_chores();
    const bool accepting = loop_->accepting() && !work.listeners.empty();
    for (std::size_t i = stops; i < first_stream_; ++i) {
      entries_[i].fd = accepting ? work.listeners[i - stops].fd() : -1;
    }
  }

  // True: there may be more.
  [[gnu::noinline]] bool accept_from(Listener& listener, Work& work) {
    for (int i = 0; i < accepts_at_once_max && loop_->accepting(); ++i) {
      Listener::Accepted accepted = listener.accept();
      if (accepted.outcome == Listener::Outcome::none) return false;
      if (accepted.outcome == Listener::Outcome::refused)
        loop_->pause_accepting();
      else
        work.sessions.open(loop_->context(), std::move(accepted.fd)).begin();
    }
    return loop_->accepting();
  }

  // --- the array; `interest` of a stream is the number of its entry, 0 while it has none

  static short needs(const Op& op, const Stream& stream) {
    const Directions wanted = directions(op, stream);
    return static_cast<short>((wanted.in ? reading : 0) | (wanted.out ? POLLOUT : 0));
  }

  [[gnu::noinline]] bool ask_for(Stream& stream, short events) {
    std::uint32_t& number = stream.record.interest;
    if (number == 0) {
      number = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({-1, 0, 0});
      streams_.push_back(&stream);
    }
    pollfd& entry = entries_[number];
    entry.fd = events != 0 ? stream.record.fd : -1;
    entry.events = events;
    return true;
  }

  // The last entry takes the stream's place.
  void forget(Stream& stream) {
    const std::uint32_t number = stream.record.interest;
    if (number == 0) return;
    entries_[number] = entries_.back();
    streams_[number] = streams_.back();
    streams_[number]->record.interest = number;
    stream.record.interest = 0;
    entries_.pop_back();
    streams_.pop_back();
  }

  ReadyLoop* loop_ = nullptr;     // lives while it serves
  std::vector<pollfd> entries_;   // the inbox, the stops, the listeners, the streams
  std::vector<Stream*> streams_;  // whose entries they are
  std::size_t first_stream_ = 0;
};

}  // namespace

std::unique_ptr<Model> make_poll() {
  return std::make_unique<Poll>();
}

}  // namespace weir
