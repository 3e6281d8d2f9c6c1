#include "lab/process_tree.hpp"

#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

namespace weir::lab {
namespace {

/// The entries of a folder of /proc whose names are numbers.
std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> result;
  const auto close = [](DIR* directory) { closedir(directory); };
  const std::unique_ptr<DIR, decltype(close)> entries(opendir(folder.c_str()), close);
  if (!entries) return result;
  while (const dirent* entry = readdir(entries.get())) {
    const int id = std::atoi(entry->d_name);
    if (id > 0) result.push_back(id);
  }
  return result;
}

std::optional<TreeProcess> read_process(pid_t pid, double tick_ns) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text, '\0');
  const std::size_t name_end = text.rfind(')');  // the name may hold anything, blanks included
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  char state = 0;
  TreeProcess process{.pid = pid};
  std::string skipped;
  fields >> state >> process.parent;
  for (int i = 5; i <= 10; ++i) fields >> skipped;  // counted as in proc(5)
  fields >> process.reaped_faults;                  // cminflt
  for (int i = 12; i <= 15; ++i) fields >> skipped;
  double user_ticks = 0;
  double system_ticks = 0;
  fields >> user_ticks >> system_ticks;  // cutime, cstime
  process.reaped_cpu_ns = (user_ticks + system_ticks) * tick_ns;
  if (!fields) return std::nullopt;
  return process;
}

bool by_parent(const TreeProcess& left, const TreeProcess& right) {
  return left.parent < right.parent;
}

}  // namespace

std::vector<pid_t> threads_of(pid_t pid) {
  return numbers_in(fmt::format("/proc/{}/task", pid));
}

std::vector<TreeProcess> tree_of(pid_t root) {
  const double tick_ns = 1e9 / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::vector<TreeProcess> all;
  for (const pid_t pid : numbers_in("/proc")) {
    if (auto process = read_process(pid, tick_ns)) all.push_back(*process);
  }
  const auto root_process = std::find_if(
      all.begin(), all.end(), [root](const TreeProcess& each) { return each.pid == root; });
  if (root_process == all.end()) return {};
  std::vector<TreeProcess> tree{*root_process};
  std::sort(all.begin(), all.end(), by_parent);
  for (std::size_t i = 0; i < tree.size(); ++i) {  // it grows by the children of each
    const TreeProcess wanted{.parent = tree[i].pid};
    const auto [first, last] = std::equal_range(all.begin(), all.end(), wanted, by_parent);
    tree.insert(tree.end(), first, last);
  }
  return tree;
}

}  // namespace weir::lab
