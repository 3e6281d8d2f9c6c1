#include "lab/meter.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>
#include <sched.h>
#include <sstream>
#include <string>
#include <string_view>
#include <time.h>
#include <unistd.h>

#include <fmt/format.h>

#include "lab/process_tree.hpp"

namespace weir::lab {
namespace {

constexpr double kernel_stack_bytes_per_thread = 16 * 1024;
constexpr double bytes_per_kib = 1024;

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The number behind `name:` in a file of "name: value" lines, as status and smaps_rollup are.
std::optional<double> field(const std::string& text, std::string_view name) {
  const std::string key = std::string(name) + ":";
  std::size_t at = text.rfind(key, 0) == 0 ? 0 : text.find("\n" + key);
  if (at == std::string::npos) return std::nullopt;
  at = text.find(key, at) + key.size();
  return std::strtod(text.c_str() + at, nullptr);
}

Figure field_bytes(const std::string& text, std::string_view name, const std::string& path) {
  const auto kib = field(text, name);
  if (!kib) return Figure::missing(fmt::format("no {} in {}", name, path));
  return *kib * bytes_per_kib;
}

Figure cpu_time_ns(pid_t pid) {
  clockid_t clock{};
  if (const int error = clock_getcpuclockid(pid, &clock); error != 0) {
    return Figure::missing(fmt::format("CPU clock of {}: {}", pid, std::strerror(error)));
  }
  timespec time{};
  if (clock_gettime(clock, &time) != 0) {
    return Figure::missing(fmt::format("CPU clock of {}: {}", pid, std::strerror(errno)));
  }
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// What the living threads of a process have counted.
struct ThreadTimes {
  double voluntary = 0;
  double involuntary = 0;
  double waited_ns = 0;
  bool schedstat = true;

  void add(pid_t process, pid_t thread) {
    const std::string folder = fmt::format("/proc/{}/task/{}/", process, thread);
    const std::string status = read_text(folder + "status");  // empty: it ended meanwhile
    voluntary += field(status, "voluntary_ctxt_switches").value_or(0);
    involuntary += field(status, "nonvoluntary_ctxt_switches").value_or(0);
    std::istringstream times(read_text(folder + "schedstat"));
    double ran_ns = 0;
    double wait_ns = 0;
    schedstat = schedstat && (status.empty() || (times >> ran_ns >> wait_ns));
    waited_ns += wait_ns;
  }
};

Figure cpu_time_ns(const std::vector<TreeProcess>& tree, pid_t root) {
  Figure sum = cpu_time_ns(root);
  for (const TreeProcess& process : tree) {
    if (process.pid != root) sum = sum + cpu_time_ns(process.pid).value_or(0);
    sum = sum + process.reaped_cpu_ns;
  }
  return sum;
}

Sample sample_times(const std::vector<TreeProcess>& tree, pid_t root) {
  Sample sample;
  sample.cpu_ns = cpu_time_ns(tree, root);
  if (tree.empty()) {
    const Figure gone = Figure::missing(fmt::format("process {} is gone", root));
    return {sample.cpu_ns, gone, gone, gone, gone, gone, gone, gone, gone, {}, 0};
  }
  ThreadTimes times;
  for (const TreeProcess& process : tree) {
    for (const pid_t thread : threads_of(process.pid)) {
      times.add(process.pid, thread);
      sample.thread_ids.push_back(thread);
    }
    sample.reaped_faults += process.reaped_faults;
  }
  std::sort(sample.thread_ids.begin(), sample.thread_ids.end());
  sample.voluntary_switches = times.voluntary;
  sample.involuntary_switches = times.involuntary;
  sample.threads = static_cast<double>(sample.thread_ids.size());
  sample.run_queue_wait_ns =
      times.schedstat ? Figure(times.waited_ns) : Figure::missing("the kernel keeps no schedstat");
  return sample;
}

// Of a process other than the first nothing is missing: it has ended while we looked.
void add_memory(Sample& sample, const std::vector<TreeProcess>& tree) {
  if (tree.empty()) return;
  sample.proportional_bytes = sample.user_bytes = sample.page_table_bytes = 0.;
  const auto add = [&](Figure& sum, const TreeProcess& process, const Figure& part) {
    const bool root = &process == &tree.front();
    sum = sum + (root ? part : Figure(part.value_or(0)));
  };
  for (const TreeProcess& process : tree) {
    const std::string memory = fmt::format("/proc/{}/smaps_rollup", process.pid);
    const std::string rollup = read_text(memory);
    add(sample.proportional_bytes, process, field_bytes(rollup, "Pss", memory));
    // What a child has not written to yet it shares with its parent: counted in parts, that is once.
    const Figure in_parts = field_bytes(rollup, "Pss_Anon", memory);
    add(sample.user_bytes, process,
        in_parts.known() ? in_parts : field_bytes(rollup, "Anonymous", memory));
    const std::string status = fmt::format("/proc/{}/status", process.pid);
    add(sample.page_table_bytes, process, field_bytes(read_text(status), "VmPTE", status));
  }
  sample.kernel_stack_bytes =
      static_cast<double>(sample.thread_ids.size()) * kernel_stack_bytes_per_thread;
}

}  // namespace

bool any_ended(const Sample& begin, const Sample& end) {
  return begin.reaped_faults != end.reaped_faults ||
         !std::includes(end.thread_ids.begin(), end.thread_ids.end(), begin.thread_ids.begin(),
                        begin.thread_ids.end());
}

ProcessMeter::ProcessMeter(pid_t pid) : pid_(pid) {}

Sample ProcessMeter::sample() const {
  const std::vector<TreeProcess> tree = tree_of(pid_);
  Sample sample = sample_times(tree, pid_);
  add_memory(sample, tree);
  return sample;
}

Sample ProcessMeter::times() const {
  return sample_times(tree_of(pid_), pid_);
}

MachineSample sample_machine() {
  const Figure missing = Figure::missing("no cpu line in /proc/stat");
  MachineSample sample{missing, missing, {}};
  std::istringstream lines(read_text("/proc/stat"));
  const double tick_ns = 1e9 / static_cast<double>(sysconf(_SC_CLK_TCK));
  for (std::string line; std::getline(lines, line) && line.starts_with("cpu");) {
    std::istringstream words(line);
    std::string name;
    double user = 0, nice = 0, system = 0, idle = 0, io_wait = 0, irq = 0, soft_irq = 0, steal = 0;
    if (!(words >> name >> user >> nice >> system >> idle >> io_wait >> irq >> soft_irq >> steal)) {
      break;
    }
    if (name == "cpu") {
      sample.busy_ns = (user + nice + system + irq + soft_irq) * tick_ns;
      sample.steal_ns = steal * tick_ns;
      continue;
    }
    const std::size_t cpu = std::stoul(name.substr(3));
    sample.steal_ns_of_cpu.resize(cpu + 1);
    sample.steal_ns_of_cpu[cpu] = steal * tick_ns;
  }
  return sample;
}

std::vector<int> cpus_of(pid_t pid) {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> result;
  if (sched_getaffinity(pid, sizeof(set), &set) != 0) return result;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) result.push_back(cpu);
  }
  return result;
}

Figure steal_share(const MachineSample& begin, const MachineSample& end,
                   const std::vector<int>& cpus, double window_ns) {
  if (cpus.empty() || window_ns <= 0) return Figure::missing("no CPU, or no time, to tell it of");
  double stolen_ns = 0;
  for (const int cpu : cpus) {
    const auto index = static_cast<std::size_t>(cpu);
    if (index >= begin.steal_ns_of_cpu.size() || index >= end.steal_ns_of_cpu.size()) {
      return Figure::missing(fmt::format("no line of CPU {} in /proc/stat", cpu));
    }
    stolen_ns += end.steal_ns_of_cpu[index] - begin.steal_ns_of_cpu[index];
  }
  return stolen_ns / (window_ns * static_cast<double>(cpus.size()));
}

}  // namespace weir::lab
