#include "cli/explain_json.hpp"

#include "cli/described.hpp"
#include "cli/figures_file.hpp"
#include "cli/model_table.hpp"
#include "cli/products.hpp"
#include "lab/json.hpp"
#include "lab/results.hpp"

namespace weir::cli {
namespace {

using lab::Json;

Json of(const std::vector<describe::Calls>& calls) {
  Json json = Json::object();
  for (const describe::Calls& each : calls) json.set(each.name, static_cast<double>(each.times));
  return json;
}

Json counts_of(const describe::SourceFacts* facts) {
  if (facts == nullptr) return {};
  Json json;
  json.set("path", facts->path);
  json.set("lines", static_cast<double>(facts->counts.lines));
  json.set("branches", static_cast<double>(facts->counts.branches));
  json.set("system_calls", of(facts->counts.system_calls));
  json.set("library_calls", of(facts->counts.library_calls));
  return json;
}

Json passages_of(const describe::Head& head) {
  Json json = Json::array();
  for (const describe::Passage& passage : head.passages) {
    Json each;
    if (!passage.question.empty()) each.set("question", passage.question);
    each.set("text", passage.text);
    json.push(each);
  }
  return json;
}

Json measured_json(const std::string& name, const ExplainOptions& options) {
  const auto found = measured(options.results, contestants_of(name));
  if (!found) return {};
  Json rows = Json::array();
  for (const MeasuredRow& row : found->rows) {
    Json each;
    each.set("contestant", row.contestant);
    each.set("connections", static_cast<double>(row.connections));
    each.set("cpu_ns_per_request", row.cpu_ns);
    each.set("user_bytes_per_connection", row.user_bytes);
    each.set("kernel_bytes_per_connection", row.kernel_bytes);
    rows.push(each);
  }
  Json json;
  json.set("file", found->file);
  json.set("started", found->started);
  json.set("rows", rows);
  return json;
}

Json of_model(const std::string& name, const ExplainOptions& options) {
  Json json;
  json.set("name", name);
  json.set("title", title_of(name));
  const auto why = why_unavailable(name);
  json.set("available", !why);
  if (why) json.set("why_not", *why);
  const describe::SourceFacts* facts = facts_of_model(name);
  json.set("head", facts == nullptr ? Json::array() : passages_of(facts->head));
  json.set("model", counts_of(facts));
  Json parts = Json::array();
  for (const describe::SourceFacts* part : facts_of_parts(name)) parts.push(counts_of(part));
  json.set("model_parts", parts);
  json.set("by_hand", counts_of(facts_of_twin(name)));
  json.set("session", counts_of(facts_of_session()));
  json.set("codec", counts_of(facts_of_codec()));
  json.set("measured", measured_json(name, options));
  return json;
}

Json of_product(const Product& product, const ExplainOptions& options) {
  Json json;
  json.set("name", product.name);
  json.set("title", product.summary);
  json.set("options", product.options());
  json.set("worker", product.model);
  json.set("resembles", product.resembles);
  json.set("measured", measured_json(product.name, options));
  return json;
}

}  // namespace

std::vector<std::string> contestants_of(const std::string& model) {
  return {model, lab::by_hand_name(model)};
}

std::string explain_json(const ExplainOptions& options) {
  Json explained = Json::array();
  if (const auto product = find_product(options.name)) {
    explained.push(of_product(*product, options));
  } else {
    for (const std::string& name : model_names()) {
      if (options.all || name == options.name) explained.push(of_model(name, options));
    }
  }
  Json json;
  json.set("schema", "weir.explain/1");
  json.set("explained", explained);
  return json.dump(2) + "\n";
}

}  // namespace weir::cli
