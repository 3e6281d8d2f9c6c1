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
#include "cli/version.hpp"
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

std::vector<std::string> that_can_run(const Service& service,
                                      std::vector<std::string> contestants) {
  std::erase_if(contestants, [&](const std::string& contestant) {
    try {
      check_model(service, lab::words_of(contestant).front());
      return false;
    } catch (const Failure& why) {
      fmt::print(stderr, "weir: {} is left out: {}\n", contestant, why.what());
      return true;
    }
  });
  return contestants;
}

lab::CompareOptions common_options(const Service& service, const CompareOptions& options) {
  lab::CompareOptions lab;
  lab.weir = own_path();
  lab.protocol = service.name;
  lab.name_service = options.name_service;
  if (options.window) {
    lab.window = std::chrono::duration_cast<std::chrono::milliseconds>(*options.window);
  }
  lab.seed = options.seed;
  lab.idle_cpus = options.idle_cpus;
  lab.command = options.command;
  lab.version = version_text();
  return lab;
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
