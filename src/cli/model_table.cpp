#include "cli/model_table.hpp"

#include <functional>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/suggest.hpp"

namespace weir::cli {
namespace {

struct Row {
  std::string name;
  bool has_trigger;
  bool has_pool;  // of read buffers; a blocking model has one for each connection
  std::function<std::unique_ptr<Model>(const ModelOptions&)> make;
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
      {"iterative", false, false, [](const ModelOptions&) { return make_iterative(); }},
      {"thread", false, false, [](const ModelOptions&) { return make_thread(); }},
      {"fiber", false, true,
       [](const ModelOptions& options) { return make_fiber(stack_of(options)); }},
      {"epoll", true, true,
       [](const ModelOptions& options) { return make_epoll(trigger_of(options)); }},
  };
  return rows;
}

}  // namespace

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Row& row : table()) names.push_back(row.name);
  return names;
}

std::unique_ptr<Model> make_model(const ModelOptions& options) {
  for (const Row& row : table()) {
    if (row.name != options.model) continue;
    if (!row.has_trigger && !options.trigger.empty()) {
      throw Failure(wrong_usage,
                    fmt::format("--trigger goes with --model epoll, not with '{}'", options.model));
    }
    if (row.name != "fiber" && options.stack_bytes != 0) {
      throw Failure(wrong_usage,
                    fmt::format("--stack goes with --model fiber, not with '{}'", options.model));
    }
    if (!row.has_pool && options.loan_memory_bytes != 0) {
      throw Failure(wrong_usage, fmt::format("--loan-memory goes with --model epoll, not with '{}'",
                                             options.model));
    }
    try {
      return row.make(options);
    } catch (const Unavailable& why) {
      throw Failure(failed, why.what());
    }
  }
  throw Failure(wrong_usage,
                fmt::format("there is no model '{}'{} (models: {})", options.model,
                            did_you_mean(options.model, model_names()), listed(model_names())));
}

}  // namespace weir::cli
