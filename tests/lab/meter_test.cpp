#include "lab/meter.hpp"

#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/process_tree.hpp"
#include "lab/server_meter.hpp"

namespace weir::lab {
namespace {

// A child that does one piece of work for each word it is sent, and says when it is done.
class Worker {
 public:
  explicit Worker(const std::function<void()>& work)
      : orders_(eventfd(0, 0)), answers_(eventfd(0, 0)), pid_(fork()) {
    if (pid_ != 0) return;
    eventfd_t value = 0;
    while (eventfd_read(orders_.get(), &value) == 0) {
      work();
      eventfd_write(answers_.get(), 1);
    }
    _exit(0);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  void work() {
    eventfd_write(orders_.get(), 1);
    eventfd_t value = 0;
    eventfd_read(answers_.get(), &value);
  }

  /// Waits until the child sleeps, with nothing left to do (proc(5): the state in /proc/PID/stat).
  void settle() const {
    const std::string path = "/proc/" + std::to_string(pid_) + "/stat";
    for (char state = 'R'; state != 'S'; sched_yield()) {
      std::ifstream file(path);
      file.ignore(1000, ')');
      file >> state;
    }
  }
  pid_t pid() const { return pid_; }

 private:
  Descriptor orders_;
  Descriptor answers_;
  pid_t pid_;
};

constexpr double burned_ns = 50e6;

void burn_cpu() {
  timespec begin{};
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
  do {
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  } while (static_cast<double>(now.tv_sec - begin.tv_sec) * 1e9 +
               static_cast<double>(now.tv_nsec - begin.tv_nsec) <
           burned_ns);
}

enum class Then { lives_on, ends };

// Does `work` in a child of the child, and returns when it is done: when it has ended and was waited
// for, or when it has said so and sleeps until its parent is no more.
void in_child(const std::function<void()>& work, Then then) {
  const Descriptor done(eventfd(0, 0));
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    work();
    if (then == Then::ends) _exit(0);
    eventfd_write(done.get(), 1);
    for (;;) pause();
  }
  eventfd_t value = 0;
  if (then == Then::ends)
    waitpid(pid, nullptr, 0);
  else
    eventfd_read(done.get(), &value);
}

TEST(ProcessMeter, FindsTheCpuTimeThatAChildBurnsInAThreadThatIsGone) {
  Worker worker([] { std::thread(burn_cpu).join(); });
  const ProcessMeter meter(worker.pid());
  const Figure before = meter.sample().cpu_ns;
  worker.work();
  const Figure used = meter.sample().cpu_ns - before;
  ASSERT_TRUE(used.known()) << used.reason();
  EXPECT_GE(used.value_or(0), burned_ns);
  EXPECT_LT(used.value_or(0), burned_ns * 3);
}

TEST(ProcessMeter, CountsTheTimesAChildWaited) {
  Worker worker([] {});
  const ProcessMeter meter(worker.pid());
  constexpr int orders = 100;
  worker.settle();
  const Figure before = meter.sample().voluntary_switches;
  for (int i = 0; i < orders; ++i) {
    worker.work();
    worker.settle();
  }
  const double waits = (meter.sample().voluntary_switches - before).value_or(-1);
  EXPECT_GE(waits, orders - 2);
  EXPECT_LE(waits, orders + 2);
}

TEST(ProcessMeter, SeesTheMemoryThatAChildTakes) {
  constexpr std::size_t bytes = 8 << 20;
  Worker worker([] {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(memory, 1, bytes);
  });
  const ProcessMeter meter(worker.pid());
  const Figure before = meter.sample().user_bytes;
  worker.work();
  const Figure taken = meter.sample().user_bytes - before;
  ASSERT_TRUE(taken.known()) << taken.reason();
  EXPECT_GE(taken.value_or(0), static_cast<double>(bytes));
  EXPECT_LT(taken.value_or(0), static_cast<double>(bytes) * 8);  // a sanitizer keeps books, too
}

TEST(ProcessMeter, HasNoFiguresOfAProcessThatIsGone) {
  pid_t gone = 0;
  {
    Worker worker([] {});
    gone = worker.pid();
  }
  const Sample sample = ProcessMeter(gone).sample();
  EXPECT_FALSE(sample.cpu_ns.known());
  EXPECT_FALSE(sample.threads.known());
  EXPECT_FALSE(sample.user_bytes.known());
}

// What a server of several processes does: work in a child, and in one that ends.
TEST(ProcessMeter, FindsTheCpuTimeOfChildrenThatLiveAndOfThoseThatAreGone) {
  constexpr double tick_ns = 10e6;  // in which the kernel tells the time of those that are gone
  for (const Then then : {Then::lives_on, Then::ends}) {
    Worker worker([then] { in_child(burn_cpu, then); });
    const ProcessMeter meter(worker.pid());
    const Figure before = meter.times().cpu_ns;
    worker.work();
    const Figure used = meter.times().cpu_ns - before;
    ASSERT_TRUE(used.known()) << used.reason();
    EXPECT_GE(used.value_or(0), burned_ns - 2 * tick_ns);
    EXPECT_LT(used.value_or(0), burned_ns * 3);
  }
}

TEST(ProcessMeter, AddsUpTheThreadsAndTheSwitchesOfAllProcesses) {
  constexpr int naps = 50;
  const auto nap = [] {
    for (int i = 0; i < naps; ++i) usleep(1);
  };
  Worker worker([nap] { in_child(nap, Then::lives_on); });
  const ProcessMeter meter(worker.pid());
  const Sample before = meter.times();
  worker.work();
  const Sample after = meter.times();
  EXPECT_GE((after.threads - before.threads).value_or(0), 1);  // a sanitizer adds its own
  EXPECT_GE((after.voluntary_switches - before.voluntary_switches).value_or(0), naps);
  EXPECT_FALSE(any_ended(before, after));
}

TEST(ProcessMeter, CountsMemoryThatProcessesShareOnce) {
  constexpr std::size_t bytes = 32 << 20;
  Worker worker([] {
    static char* memory = nullptr;  // taken by the first order, and shared by the second
    if (memory != nullptr) return in_child([] {}, Then::lives_on);
    memory = static_cast<char*>(
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    std::memset(memory, 1, bytes);
  });
  const ProcessMeter meter(worker.pid());
  worker.work();
  const Sample before = meter.sample();
  worker.work();
  const Sample after = meter.sample();
  EXPECT_LT((after.user_bytes - before.user_bytes).value_or(bytes), bytes / 2.);
  EXPECT_GT((after.page_table_bytes - before.page_table_bytes).value_or(0), 0.);
}

TEST(ServerMeter, HasNoSwitchesWhereProcessesEndedAndSaysSo) {
  Worker worker([] { in_child([] {}, Then::ends); });
  ServerMeter meter(worker.pid());
  meter.window_begin();
  worker.work();
  meter.window_end();
  const ServerFigures figures = meter.figures(1, 1, 1e9);
  EXPECT_EQ(Json(figures.voluntary_switches_per_request).text_or(""),
            "n/a: threads or processes ended during the window");
  EXPECT_TRUE(figures.cpu_ns.known());
}

TEST(SyscallCounter, CountsThoseOfChildrenToo) {
  constexpr int calls = 1000;
  const auto call = [] {
    for (int i = 0; i < calls; ++i) syscall(SYS_getppid);
  };
  Worker worker([call] {
    in_child(call, Then::lives_on);
    in_child(call, Then::ends);
  });
  const SyscallCounter counter(worker.pid());
  worker.work();
  const Figure count = counter.count();
  if (!count.known()) GTEST_SKIP() << count.reason();
  EXPECT_GE(count.value_or(0), 2 * calls);
  EXPECT_LE(count.value_or(0), 2 * calls + 500);  // a sanitizer's runtime has some of its own
}

TEST(SyscallCounter, CountsExactlyOrSaysWhyNot) {
  constexpr int calls = 1000;
  Worker worker([] {
    for (int i = 0; i < calls; ++i) syscall(SYS_getppid);
  });
  worker.work();
  const SyscallCounter counter(worker.pid());
  worker.work();
  const Figure count = counter.count();
  if (!count.known()) GTEST_SKIP() << count.reason();
  EXPECT_GE(count.value_or(0), calls);
  EXPECT_LE(count.value_or(0), calls + 4);  // and those by which it took the order and answered
}

TEST(ServerMeter, DividesByRequestsAndConnections) {
  Worker worker([] { burn_cpu(); });
  ServerMeter meter(worker.pid());
  meter.before_connections();
  meter.connected(64);
  meter.window_begin();
  worker.work();
  meter.window_end();
  meter.count_begin();
  worker.work();
  meter.count_end();
  const ServerFigures figures = meter.figures(1000, 10, 1e9);
  EXPECT_GE(figures.cpu_ns_per_request.value_or(0), burned_ns / 1000);
  EXPECT_TRUE(figures.user_bytes_per_connection.known());
  EXPECT_DOUBLE_EQ(figures.threads.value_or(0),
                   static_cast<double>(threads_of(worker.pid()).size()));
  const Json json = Json::parse(to_json(figures));
  EXPECT_DOUBLE_EQ(json.at("cpu_ns").number_or(0), figures.cpu_ns.value_or(1));
}

TEST(ServerMeter, NamesTheReasonWhereThereIsNoFigure) {
  Worker worker([] {});
  ServerMeter meter(worker.pid());
  meter.before_connections();
  meter.connected(1);
  const ServerFigures figures = meter.figures(0, 0, 1e9);
  EXPECT_EQ(Json(figures.user_bytes_per_connection).text_or(""),
            "n/a: too few connections to tell");
  EXPECT_FALSE(figures.cpu_ns_per_request.known());
  EXPECT_FALSE(figures.system_calls_per_request.known());
}

}  // namespace
}  // namespace weir::lab
