// The framed codec against memcpy over as many bytes: how far from the speed of memory it is. The
// ratio of each is printed at the end.
#include "framed/codec.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

namespace weir::framed {
namespace {

// Each pass adds one to the bytes of a message in place; this many passes after `first_byte` they
// are renewed, before any of them becomes a delimiter.
constexpr char first_byte = '%';
constexpr int passes_max = 200;

std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void copy(benchmark::State& state) {
  const std::vector<char> from(size_of(state), first_byte);
  std::vector<char> to(size_of(state));
  for ([[maybe_unused]] auto each : state) {
    std::memcpy(to.data(), from.data(), to.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count_bytes(state);
}

// The buffer lies in the middle of a message: no delimiter in it, nothing moves.
void inside_a_message(benchmark::State& state) {
  std::vector<char> buffer(size_of(state), first_byte);
  Codec codec;
  char begin = '^';
  codec.transform({&begin, 1});
  int passes = 0;
  for ([[maybe_unused]] auto each : state) {
    if (++passes > passes_max) {
      std::fill(buffer.begin(), buffer.end(), first_byte);
      passes = 1;
    }
    benchmark::DoNotOptimize(codec.transform({buffer.data(), buffer.size()}));
    benchmark::ClobberMemory();
  }
  count_bytes(state);
}

// The buffer is one message: `^`, then all the rest, which moves to the front by one byte, then
// `$`.
void one_message(benchmark::State& state) {
  std::vector<char> buffer(size_of(state), first_byte);
  Codec codec;
  int passes = 0;
  for ([[maybe_unused]] auto each : state) {
    if (++passes > passes_max) {
      std::fill(buffer.begin(), buffer.end(), first_byte);
      passes = 1;
    }
    buffer.front() = '^';
    buffer.back() = '$';
    benchmark::DoNotOptimize(codec.transform({buffer.data(), buffer.size()}));
    benchmark::ClobberMemory();
  }
  count_bytes(state);
}

// Messages of eight bytes, `^abcdef$`, one behind the other. Transforming moves them together, so
// each pass begins with a fresh copy, which is in the figure: a few percent of it.
void many_small_messages(benchmark::State& state) {
  constexpr std::string_view message = "^abcdef$";
  std::string fresh;
  while (fresh.size() < size_of(state)) fresh += message;
  std::string buffer = fresh;
  Codec codec;
  for ([[maybe_unused]] auto each : state) {
    std::memcpy(buffer.data(), fresh.data(), fresh.size());
    benchmark::DoNotOptimize(codec.transform({buffer.data(), buffer.size()}));
    benchmark::ClobberMemory();
  }
  count_bytes(state);
}

void sizes(benchmark::internal::Benchmark* each) {
  for (const std::int64_t size_bytes : {64, 1 << 10, 64 << 10, 1 << 20}) each->Arg(size_bytes);
}

BENCHMARK(copy)->Name("memcpy")->Apply(sizes);
BENCHMARK(inside_a_message)->Apply(sizes);
BENCHMARK(one_message)->Apply(sizes);
BENCHMARK(many_small_messages)->Apply(sizes);

// The usual table, and then how much longer than memcpy each took for the same size.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.error_occurred || run.run_type != Run::RT_Iteration) continue;
      const Key key{run.run_name.function_name, run.run_name.args};
      if (order_.empty() || std::find(order_.begin(), order_.end(), key) == order_.end()) {
        order_.push_back(key);
      }
      const auto [known, fresh] = cpu_time_.emplace(key, run.GetAdjustedCPUTime());
      if (!fresh) known->second = std::min(known->second, run.GetAdjustedCPUTime());
    }
  }

  void Finalize() override {
    for (const Key& key : order_) {
      const auto copy = cpu_time_.find({"memcpy", key.second});
      if (key.first == "memcpy" || copy == cpu_time_.end()) continue;
      GetOutputStream() << key.first << ", " << key.second
                        << " bytes: " << cpu_time_.at(key) / copy->second << "x memcpy\n";
    }
    ConsoleReporter::Finalize();
  }

 private:
  using Key = std::pair<std::string, std::string>;  // the benchmark, the size
  std::vector<Key> order_;
  std::map<Key, double> cpu_time_;  // the best of its repetitions
};

}  // namespace

void run_benchmarks() {
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}

}  // namespace weir::framed

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  weir::framed::run_benchmarks();
  benchmark::Shutdown();
}
