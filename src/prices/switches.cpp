// What it takes to hand over to another thread or process, and to wait until it hands back.
//
// All hand over in the same way, so that their prices can be compared: one writes to the other's
// eventfd and reads its own, which blocks. That is two system calls and one switch; what the two
// calls take by themselves has a price of its own.
#include <functional>
#include <sys/resource.h>
#include <thread>

#include "prices/child.hpp"
#include "prices/event.hpp"

namespace weir::prices {
namespace {

constexpr std::uint64_t leave = 1000;  // as a count, it tells the partner to end
constexpr double switches_min = 0.9;   // of each handing over

struct Events {
  Descriptor ours = make_event();
  Descriptor theirs = make_event();

  /// What the other side does until it is told to leave.
  void answer() const {
    while (take(theirs) < leave) give(ours, 1);
  }
};

double switches_of_this_thread() {
  rusage used{};
  checked(::getrusage(RUSAGE_THREAD, &used), "getrusage");
  return static_cast<double>(used.ru_nvcsw + used.ru_nivcsw);
}

/// One time is one handing over: there and back are two. `now_ns` is the clock of both sides. Looks
/// whether this thread has left the CPU each time; where it has not, what was measured is no switch.
Run hand_over_with(const std::shared_ptr<const Events>& events,
                   const std::function<double()>& now_ns) {
  return [events, now_ns](std::uint64_t times) {
    const std::uint64_t rounds = times / 2 + 1;
    const double before = switches_of_this_thread();
    const double begin_ns = now_ns();
    for (std::uint64_t i = 0; i < rounds; ++i) {
      give(events->theirs, 1);
      take(events->ours);
    }
    const double took_ns = now_ns() - begin_ns;
    const auto there_and_back = static_cast<double>(rounds);
    if (switches_of_this_thread() - before < switches_min * there_and_back) {
      throw std::runtime_error("the kernel counted fewer switches than there should have been");
    }
    return took_ns / (2 * there_and_back) * static_cast<double>(times);
  };
}

/// A thread that answers, on a CPU of its own or on this one.
class Partner {
 public:
  explicit Partner(int cpu)
      : events(std::make_shared<const Events>()), thread_([events = events, cpu] {
          try {
            pin_to(cpu);
          } catch (const std::system_error&) {
            // it was allowed to the thread that measures; on another CPU it would be found out
          }
          events->answer();
        }) {}
  ~Partner() {
    give(events->theirs, leave);
    thread_.join();
  }
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;

  const std::shared_ptr<const Events> events;

 private:
  std::thread thread_;
};

Run with_thread_on(int cpu, const std::function<double()>& now_ns) {
  const auto partner = std::make_shared<Partner>(cpu);
  const Run run = hand_over_with(partner->events, now_ns);
  return [partner, run](std::uint64_t times) { return run(times); };
}

int needed(int cpu, const char* otherwise) {
  if (cpu < 0) throw std::runtime_error(otherwise);
  return cpu;
}

constexpr const char* not_pinned = "threads can't be pinned to a CPU here";

Run calls_alone(const Place&) {
  const auto event = std::make_shared<Descriptor>(make_event());
  return repeat([event] {
    give(*event, 1);
    take(*event);
  });
}

Run threads_on_one_cpu(const Place& place) {
  return with_thread_on(needed(place.cpu, not_pinned), cpu_ns);
}

Run threads_on_two_cpus(const Place& place) {
  needed(place.cpu, not_pinned);
  return with_thread_on(needed(place.other, "there is only one CPU"),
                        [] { return clock_ns(CLOCK_MONOTONIC); });
}

struct Process {
  std::shared_ptr<const Events> events = std::make_shared<const Events>();
  Child child{[this] { events->answer(); }};
};

Run processes_on_one_cpu(const Place& place) {
  needed(place.cpu, not_pinned);  // which the child inherits
  const auto process = std::make_shared<Process>();
  const auto both_ns = [process] { return cpu_ns() + process->child.cpu_ns(); };
  return hand_over_with(process->events, both_ns);
}

}  // namespace

std::vector<Probe> switch_probes() {
  return {
      {{"event_calls", "the two system calls of handing over, alone",
        "write and read of one eventfd by one thread; nobody waits", "eventfd(2)"},
       calls_alone},
      {{"thread_switch", "a switch to another thread, which waited",
        "two threads on one CPU hand over by eventfds: write, read that blocks, the switch",
        "eventfd(2), sched(7)"},
       threads_on_one_cpu},
      {{"process_switch", "a switch to another process, which waited",
        "two processes on one CPU hand over by eventfds: write, read that blocks, the switch",
        "eventfd(2), sched(7)"},
       processes_on_one_cpu},
      {{"wake_other_cpu", "the time until a thread on another CPU has taken over",
        "as thread_switch, each thread on a CPU of its own; the time that passes, not CPU time",
        "eventfd(2), sched_setaffinity(2)"},
       threads_on_two_cpus},
  };
}

}  // namespace weir::prices
