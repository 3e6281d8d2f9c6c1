// sim: one thread, a clock that jumps, and a network that is made up.
//
// Who waits, and where?  Nobody. A session that has to wait is suspended, as under `epoll`; the loop
//   takes the next event, sets the clock to its time, and goes on with the session that it concerns.
// Where does a connection's state live?  In its coroutine's frame, its record, and two sockets that
//   are numbers with a ring of bytes each.
// What does a connection cost?  A microsecond or two of real time, and a tenth for each operation.
// Connection 10,001?  There are as many as the clients of the run make.
// A slow client?  Is one of the faults: so are pieces, delays, resets, half-closes, full buffers.
// A crash?  Is what this model looks for. What it finds, it finds again: all that happens follows
//   from the number that the run begins with.
//
// Nothing here makes a system call, reads a clock or waits. Tasks, streams, deadlines, mailboxes, and
// the loop that all models over ready sockets share, are those that serve.
#include "models/sim.hpp"

#include <algorithm>

#include "core/ready_loop.hpp"
#include "core/work.hpp"

namespace weir {
namespace {

using namespace sim;

class Sim final : public Model {
 public:
  explicit Sim(World& world) : world_(world), network_(world.network) {}

  // Carry the op out now, unless there is nothing to be had, or the plan wants it to wait.
  Started start(Op& op) override {
    std::uint32_t& met = op.stream->record.interest;
    if (world_.gives_up(op)) return Started::done;
    if ((met & pending) != 0) fail("an op was started while another was pending");
    met = 0;
    const bool held_up = !loop_->forced() && network_.holds_up(op, now());
    const bool waits = held_up || op.verb == Verb::offload;
    if (waits || loop_->start(op, attempt_) != ReadyLoop::Outcome::done) return file(op, waits);
    world_.note(op, loop_->context());
    return Started::done;
  }

  // A job that runs can't be stopped.
  void cancel(Op& op) override {
    if (op.verb != Verb::offload) loop_->cancel(op);
  }

  void close(Stream& stream) override {
    loop_->context().loans.take_back(stream);
    if (network_.is_socket(stream.record)) network_.close(stream, now());
    loop_->bury(stream);
  }

  void serve(Work& work) override {
    ReadyLoop loop(*this, work);
    loop_ = &loop;
    begin(work);
    for (std::uint32_t left = turns_max; !loop.over() && left > 0; --left) {
      ++loop.context().turn_number;
      take_turn(work);
      if (left == 1 && !world_.journal.failed()) fail("it goes on for ever");
      if (!world_.journal.failed() || std::exchange(ending_, true)) continue;
      request_end(work);  // what is left is ended, if it can be
      work.stop.force();
      left = turns_to_end_max;
    }
    world_.end(now(), loop.over());
  }

 private:
  static constexpr std::uint32_t turns_max = 20'000'000;
  static constexpr std::uint32_t turns_to_end_max = 100'000;
  Time now() { return loop_->context().turn; }
  void fail(const std::string& what) { world_.journal.fail(now(), what); }

  void begin(Work& work) {
    Context& context = loop_->context();
    context.simulated = true;
    context.turn = begin_of_time;
    context.random = Random(world_.plan.seed);
    ending_ = false;
    world_.begin();
    std::uintptr_t number = 0;
    for (const Work::FreeSession& first : work.begin_with) {
      Session& session = work.sessions.open(context);
      session.peer.record.carrier = reinterpret_cast<void*>(number++);
      session.begin(first);
    }
  }

  // An event, or what the loop has put off. The inbox is emptied now at once, now later.
  void take_turn(Work& work) {
    Context& context = loop_->context();
    const bool posted = context.inbox.size() > 0;
    const bool leave = posted && !world_.events.empty() && below(world_.random, 2) == 0;
    world_.loop_is_late |= leave;
    if (posted && !leave) loop_->empty_inbox([this](Op& op) { loop_->go_on(op, attempt_); });
    if (context.inbox.size() == 0 && loop_->has_chores()) {
      do_chores(work);
      if (loop_->over()) return;
    }
    const Time event_at = world_.events.next();
    const Time chores_at = std::max(loop_->next_turn_at(), now());
    if (event_at == never && chores_at == never) return fail(who_waits(work));
    if (event_at <= chores_at || leave) {
      context.turn = std::max(event_at, now());
      return happen(world_.events.take(), work);
    }
    const bool is_late = chores_at > now() && world_.plan.late(world_.random);
    world_.loop_is_late |= is_late;
    context.turn = is_late ? chores_at + network_.latency() : chores_at;
  }

  void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off()) {
      if (loop_->start(*op, attempt_) == ReadyLoop::Outcome::done) loop_->complete(*op);
    }
    if (loop_->drain_begins()) {
      for (std::uint32_t i = 1; i < network_.used(); i += 2) accept(i, work);
      loop_->begin_drain();
      for (std::uint32_t i = 1; i < network_.used(); i += 2) look(i, false);
    }
    loop_->do_chores();
  }

  void happen(const Event& event, Work& work) {
    if (event.kind == EventKind::accept) return accept(event.socket, work);
    if (event.kind == EventKind::offload) {
      event.op->job->run(*event.op->job);
      return loop_->complete(*event.op);
    }
    if (event.kind == EventKind::request_end) return request_end(work);
    network_.happen(event, now(), work.draining());
    look(event.socket, event.slow);
    if (event.kind == EventKind::reset) look(event.socket ^ 1, false);
  }

  void request_end(Work& work) {
    world_.drained = true;
    work.stop.request();
    loop_->look_again();
  }

  void accept(std::uint32_t index, Work& work) {
    if (network_.socket(index).state != SocketState::queued) return;
    network_.socket(index).state = SocketState::open;
    Session& session = work.sessions.open(loop_->context(), Descriptor(Network::fd_of(index)));
    if (network_.connection(index).to_service) return session.begin();
    session.peer.record.bounded = false;  // another program's, with a patience of its own
    session.peer.record.idle_timeout = Duration(0);
    session.begin([&] { return world_.upstream(session.peer); });
  }

  // Something has happened to the socket: whoever waits for it tries again.
  void look(std::uint32_t index, bool slow) {
    const Stream* stream = network_.socket(index).stream;
    Op* op = stream != nullptr ? stream->record.waiting : nullptr;
    if (op == nullptr) return;
    if (slow) meet(*op, Fault::delay);
    if (!loop_->go_on(*op, attempt_) && stream->record.waiting == op) loop_->bound(*op);
  }

  Started file(Op& op, bool waits) {
    op.stream->record.interest |= pending;
    op.complete = on_complete;
    if (!waits) return Started::pending;
    hold(op, loop_->context());
    meet(op, Fault::delay);
    if (op.verb == Verb::offload)
      world_.run_later(op, now());
    else
      loop_->bound(op);
    return Started::pending;
  }

  static void on_complete(Op& op) {
    StreamRecord& home = op.stream->record;
    Sim& self = static_cast<Sim&>(*home.model);
    if ((home.interest & pending) == 0) return self.fail("an op completed twice");
    self.world_.note(op, self.loop_->context());
    home.interest = 0;
    resume(op.waiter);
  }

  World& world_;
  Network& network_;
  ReadyLoop* loop_ = nullptr;  // lives while it serves
  bool ending_ = false;
  const Attempt attempt_{world_.network};
};

}  // namespace

std::unique_ptr<Model> make_sim(sim::World& world) {
  return std::make_unique<Sim>(world);
}

}  // namespace weir
