#include "bench/wrk.hpp"

#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "lab/server_meter.hpp"

namespace weir::bench {
namespace {

/// What wrk says, once it has ended.
std::string run_wrk(const lab::Server& server, const WrkLoad& load) {
  try {
    lab::Process wrk = lab::Process::start(wrk_command(server, load), load.placement);
    return wrk.read_output_all();
  } catch (const std::system_error&) {
    throw std::runtime_error("wrk is not installed (apt-get install wrk)");
  }
}

}  // namespace

std::vector<std::string> wrk_command(const lab::Server& server, const WrkLoad& load) {
  return {"wrk",
          "-t1",
          fmt::format("-c{}", load.connections),
          "-d1s",
          "-s",
          WEIR_BENCH_DIR "/browser.lua",
          fmt::format("http://{}:{}{}", server.host, server.port, load.path),
          "--",
          std::to_string(load.pipelined)};
}

double answered_in(const std::string& said) {
  unsigned long answered = 0;
  unsigned long failed = 0;
  const std::size_t at = said.find("answered ");
  if (at == std::string::npos ||
      std::sscanf(said.c_str() + at, "answered %lu failed %lu", &answered, &failed) != 2) {
    throw std::runtime_error("wrk said: " + said);
  }
  if (failed > 0) throw std::runtime_error(fmt::format("{} requests of wrk's failed", failed));
  return static_cast<double>(answered);
}

WrkFigures load_with_wrk(const lab::Server& server, const WrkLoad& load) {
  constexpr double window_ns = 1e9;
  lab::ServerMeter meter(server.process.pid());
  meter.window_begin();
  const std::string said = run_wrk(server, load);
  meter.window_end();
  const double requests = answered_in(said);
  const lab::ServerFigures figures = meter.figures(requests, 0, window_ns);
  return {requests, figures.cpu_ns, figures.cpu_ns_per_request};
}

}  // namespace weir::bench
