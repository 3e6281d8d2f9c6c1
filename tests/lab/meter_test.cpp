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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "lab/json.hpp"
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
