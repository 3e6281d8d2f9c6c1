#include "cli/experiments.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <signal.h>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/model_table.hpp"
#include "cli/output.hpp"
#include "cli/serve.hpp"
#include "cli/worker_options.hpp"

namespace weir::cli {
namespace {

std::atomic<bool> stop_asked{false};

void on_signal(int) {
  stop_asked = true;
}

}  // namespace

std::string own_path() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

void check_model(const Service& service, const std::string& name) {
  ServeOptions serve;
  serve.model.model = name;
  make_model(serve.model);
  count_workers(service, serve);
}

std::vector<std::string> available_models(const Service& service) {
  std::vector<std::string> names = model_names();
  std::erase_if(names, [&](const std::string& name) {
    try {
      check_model(service, name);
      return false;
    } catch (const Failure& why) {
      fmt::print(stderr, "weir: {} is left out: {}\n", name, why.what());
      return true;
    }
  });
  return names;
}

lab::Progress progress(bool quiet) {
  if (quiet) return [](const lab::ProgressEvent&) {};
  const bool rewrite = progress_wanted();
  return [rewrite](const lab::ProgressEvent& event) {
    const std::string line = fmt::format("  {:3}/{} {:32} about {:.0f} s left", event.cell,
                                         event.cells, event.doing, event.left_s);
    if (rewrite)
      fmt::print(stderr, "\r\x1b[K{}{}", line, event.cell == event.cells ? "\n" : "");
    else if (event.cell % 8 == 1)
      fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
  };
}

const std::atomic<bool>& stop_on_signals() {
  ::signal(SIGINT, on_signal);
  ::signal(SIGTERM, on_signal);
  return stop_asked;
}

}  // namespace weir::cli
