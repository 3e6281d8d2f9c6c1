#include "cli/model_table.hpp"

#include <functional>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/products.hpp"
#include "cli/suggest.hpp"

namespace weir::cli {
namespace {

constexpr std::uint32_t pool_threads_default = 64;

/// As what its workers may run. Who forks has to be the only thread of its process.
enum class Spread { processes_and_threads, processes };

struct Row {
  std::string name;
  bool has_trigger;
  bool has_loop;  // and so a pool of read buffers, and threads for offloads
  std::function<std::unique_ptr<Model>(const ModelOptions&)> make;
  Accept accept = Accept::shard;
  Spread spread = Spread::processes_and_threads;
};

Trigger trigger_of(const ModelOptions& options) {
  if (options.trigger == "level") return Trigger::level;
  if (options.trigger.empty() || options.trigger == "edge") return Trigger::edge;
  throw Failure(wrong_usage, fmt::format("--trigger is edge or level, not '{}'", options.trigger));
}

std::size_t stack_of(const ModelOptions& options) {
  const std::size_t bytes = options.stack_bytes;
  if (bytes == 0) return fiber_stack_bytes_default;
  if (bytes >= fiber_stack_bytes_min && bytes <= fiber_stack_bytes_max) return bytes;
  throw Failure(wrong_usage, "--stack is from 32KiB to 1GiB; 64KiB is enough for most sessions");
}

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {"iterative", false, false, [](const ModelOptions&) { return make_iterative(); },
       Accept::share},
      {"fork", false, false, [](const ModelOptions&) { return make_fork(); }, Accept::shard,
       Spread::processes},
      {"thread", false, false, [](const ModelOptions&) { return make_thread(); }},
      {"pool", false, false,
       [](const ModelOptions& options) {
         return make_pool(options.pool_threads != 0 ? options.pool_threads : pool_threads_default);
       },
       Accept::share},
      {"fiber", false, true,
       [](const ModelOptions& options) { return make_fiber(stack_of(options)); }},
      {"select", false, true, [](const ModelOptions&) { return make_select(); }},
      {"poll", false, true, [](const ModelOptions&) { return make_poll(); }},
      {"epoll", true, true,
       [](const ModelOptions& options) { return make_epoll(trigger_of(options)); }},
      {"uring", false, true, [](const ModelOptions&) { return make_uring(); }},
      {"uv", false, true, [](const ModelOptions&) { return make_uv(); }},
      {"asio", false, true, [](const ModelOptions&) { return make_asio(); }},
  };
  return rows;
}

const Row* find_row(const std::string& model) {
  for (const Row& row : table()) {
    if (row.name == model) return &row;
  }
  return nullptr;
}

}  // namespace

namespace {

std::vector<std::string> names_with_loop() {
  std::vector<std::string> names;
  for (const Row& row : table()) {
    if (row.has_loop) names.push_back(row.name);
  }
  return names;
}

}  // namespace

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Row& row : table()) names.push_back(row.name);
  return names;
}

Accept usual_accept(const std::string& model) {
  const Row* row = find_row(model);
  return row != nullptr ? row->accept : Accept::shard;
}

bool runs_in_threads(const std::string& model) {
  const Row* row = find_row(model);
  return row == nullptr || row->spread == Spread::processes_and_threads;
}

std::unique_ptr<Model> make_model(const ModelOptions& options) {
  const std::optional<Product> product = find_product(options.model);
  const std::string& name = product ? product->model : options.model;
  for (const Row& row : table()) {
    if (row.name != name) continue;
    if (!row.has_trigger && !options.trigger.empty()) {
      throw Failure(wrong_usage,
                    fmt::format("--trigger goes with --model epoll, not with '{}'", options.model));
    }
    if (row.name != "fiber" && options.stack_bytes != 0) {
      throw Failure(wrong_usage,
                    fmt::format("--stack goes with --model fiber, not with '{}'", options.model));
    }
    if (row.name != "pool" && options.pool_threads != 0) {
      throw Failure(wrong_usage,
                    fmt::format("--pool goes with --model pool, not with '{}'", options.model));
    }
    for (const auto& [said, option] : {std::pair(options.loan_memory_bytes != 0, "--loan-memory"),
                                       std::pair(options.offload_said, "--offload")}) {
      if (row.has_loop || !said) continue;
      throw Failure(wrong_usage, fmt::format("{} goes with event loops ({}), not with '{}'", option,
                                             listed(names_with_loop()), options.model));
    }
    try {
      return row.make(options);
    } catch (const Unavailable& why) {
      throw Failure(failed, why.what());
    }
  }
  if (options.model == "sim") {
    throw Failure(wrong_usage, "sim serves no real connection; try weir sim SERVICE");
  }
  std::vector<std::string> known = model_names();
  for (const std::string& each : product_names()) known.push_back(each);
  throw Failure(wrong_usage,
                fmt::format("there is no model '{}'{} (models: {})", options.model,
                            did_you_mean(options.model, known), listed(model_names())));
}

}  // namespace weir::cli
