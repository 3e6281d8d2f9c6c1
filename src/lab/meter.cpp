#include "lab/meter.hpp"

#include <cstring>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <time.h>
#include <unistd.h>

#include <fmt/format.h>

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

}  // namespace

std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> result;
  const auto close = [](DIR* directory) { closedir(directory); };
  const std::unique_ptr<DIR, decltype(close)> tasks(
      opendir(fmt::format("/proc/{}/task", pid).c_str()), close);
  if (!tasks) return result;
  while (const dirent* entry = readdir(tasks.get())) {
    const int id = std::atoi(entry->d_name);
    if (id > 0) result.push_back(id);
  }
  return result;
}

ProcessMeter::ProcessMeter(pid_t pid) : pid_(pid) {}

Sample ProcessMeter::sample() const {
  Sample sample;
  sample.cpu_ns = cpu_time_ns(pid_);
  const auto threads = threads_of(pid_);
  if (threads.empty()) {
    const Figure gone = Figure::missing(fmt::format("process {} is gone", pid_));
    return {sample.cpu_ns, gone, gone, gone, gone, gone, gone, gone, gone};
  }
  double voluntary = 0;
  double involuntary = 0;
  double waited_ns = 0;
  bool schedstat = true;
  for (const pid_t thread : threads) {
    const std::string folder = fmt::format("/proc/{}/task/{}/", pid_, thread);
    const std::string status = read_text(folder + "status");  // empty: it ended meanwhile
    voluntary += field(status, "voluntary_ctxt_switches").value_or(0);
    involuntary += field(status, "nonvoluntary_ctxt_switches").value_or(0);
    std::istringstream times(read_text(folder + "schedstat"));
    double ran_ns = 0;
    double wait_ns = 0;
    schedstat = schedstat && (status.empty() || (times >> ran_ns >> wait_ns));
    waited_ns += wait_ns;
  }
  sample.voluntary_switches = voluntary;
  sample.involuntary_switches = involuntary;
  sample.threads = static_cast<double>(threads.size());
  sample.run_queue_wait_ns =
      schedstat ? Figure(waited_ns) : Figure::missing("the kernel keeps no schedstat");
  const std::string memory = fmt::format("/proc/{}/smaps_rollup", pid_);
  const std::string rollup = read_text(memory);
  sample.proportional_bytes = field_bytes(rollup, "Pss", memory);
  sample.user_bytes = field_bytes(rollup, "Anonymous", memory);
  const std::string status = fmt::format("/proc/{}/status", pid_);
  sample.page_table_bytes = field_bytes(read_text(status), "VmPTE", status);
  sample.kernel_stack_bytes = static_cast<double>(threads.size()) * kernel_stack_bytes_per_thread;
  return sample;
}

MachineSample sample_machine() {
  std::istringstream line(read_text("/proc/stat"));
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, io_wait = 0, irq = 0, soft_irq = 0, steal = 0;
  if (!(line >> name >> user >> nice >> system >> idle >> io_wait >> irq >> soft_irq >> steal)) {
    const Figure missing = Figure::missing("no cpu line in /proc/stat");
    return {missing, missing};
  }
  const double tick_ns = 1e9 / static_cast<double>(sysconf(_SC_CLK_TCK));
  return {(user + nice + system + irq + soft_irq) * tick_ns, steal * tick_ns};
}

}  // namespace weir::lab
