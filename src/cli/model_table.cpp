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

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {"iterative", false, false, [](const ModelOptions&) { return make_iterative(); }},
      {"thread", false, false, [](const ModelOptions&) { return make_thread(); }},
      {"epoll", true, true,
       [](const ModelOptions& options) { return make_epoll(trigger_of(options)); }},
      {"uring", false, true, [](const ModelOptions&) { return make_uring(); }},
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
