#include "core/workers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/supervisor.hpp"

namespace weir {

Workers::Workers(WorkerPlan plan, std::uint32_t processes, std::uint32_t threads, Accept accept)
    : plan_(std::move(plan)),
      processes_(processes),
      threads_(threads),
      listeners_(processes * threads, accept),
      states_(std::size_t{processes} * threads) {}

std::optional<std::string> Workers::serve(const std::function<void()>& serving) {
  Stop stop;
  stop.on_signals();
  if (processes_ > 1) return supervise(stop, serving);
  serve_in_threads(stop, serving);
  return std::nullopt;
}

void Workers::serve_in_threads(Stop& stop, const std::function<void()>& serving) {
  std::atomic<std::uint32_t> count = 0;
  const auto told = [&] {
    if (++count == threads_) serving();
  };
  run_workers(plan_, stop, places_of(0), told, [this] { listeners_.close(); });
}

std::optional<std::string> Workers::supervise(Stop& stop, const std::function<void()>& serving) {
  bool told = false;
  Supervisor* own = nullptr;
  Supervisor supervisor(
      stop,
      {.processes = processes_,
       .drain_timeout = plan_.limits.drain_timeout,
       .log = plan_.log,
       .process = [&](std::uint32_t index) { return run_process(index, [&] { own->tell(); }); },
       .name = [this](std::uint32_t index) { return name_of(index); },
       .ended =
           [this](std::uint32_t index) {
             for (std::uint32_t i = 0; i < threads_; ++i) {
               WorkerState& state = *states_[index * threads_ + i];
               state.serving = false;
               state.statistics.count_lost();
             }
           },
       .told =
           [&] {
             if (told || !all_serve()) return;
             told = true;
             serving();
           },
       .drains = [this] { listeners_.close(); }});
  own = &supervisor;
  return supervisor.run();
}

/// In a process of its own.
int Workers::run_process(std::uint32_t process, const std::function<void()>& told) {
  std::vector<WorkerPlace> places = places_of(process);
  listeners_.close();
  Stop stop;
  stop.on_signals(Stop::Sender::supervisor);
  run_workers(plan_, stop, std::move(places), told, [] {});
  return 0;
}

std::vector<WorkerPlace> Workers::places_of(std::uint32_t process) {
  std::vector<WorkerPlace> places;
  for (std::uint32_t i = 0; i < threads_; ++i) {
    const std::uint32_t worker = process * threads_ + i;
    places.push_back({listeners_.of(worker), &*states_[worker]});
  }
  return places;
}

std::string Workers::name_of(std::uint32_t process) const {
  const std::uint32_t first = process * threads_ + 1;
  return threads_ == 1 ? fmt::format("worker {}", first)
                       : fmt::format("workers {} to {}", first, first + threads_ - 1);
}

bool Workers::all_serve() const {
  return std::all_of(states_.begin(), states_.end(),
                     [](const Shared<WorkerState>& state) { return state->serving.load(); });
}

std::string Workers::statistics_text() const {
  Statistics sum;
  for (const Shared<WorkerState>& state : states_) sum.add(state->statistics);
  return sum.text();
}

std::vector<std::string> Workers::spread() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const std::uint64_t count = states_[i]->statistics.accepted;
    lines.push_back(fmt::format("worker {} (pid {}, thread {}): {} connection{}", i + 1,
                                states_[i]->pid.load(), i % threads_ + 1, count,
                                count == 1 ? "" : "s"));
  }
  return lines;
}

}  // namespace weir
