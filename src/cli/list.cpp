// weir list: what there is.
#include "cli/list.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/described.hpp"
#include "cli/failure.hpp"
#include "cli/model_table.hpp"
#include "cli/output.hpp"
#include "cli/products.hpp"
#include "cli/wrap.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

struct Line {
  std::string name;
  std::string text;
};

/// A heading, and lines whose texts begin in one column.
std::string section(const std::string& heading, const std::vector<Line>& lines) {
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.name.size());
  std::string text = heading + "\n";
  for (const Line& line : lines) {
    text += wrapped(line.text, fmt::format("  {:<{}}  ", line.name, width), width + 4);
  }
  return text;
}

std::vector<Line> models() {
  std::vector<Line> lines;
  for (const std::string& name : model_names()) {
    const auto why = why_unavailable(name);
    lines.push_back(
        {name, why ? fmt::format("{}\nnot here: {}", title_of(name), *why) : title_of(name)});
  }
  return lines;
}

std::vector<Line> set_ups() {
  std::vector<Line> lines;
  for (const Product& product : products()) {
    lines.push_back({product.name, fmt::format("{}\n{}", product.summary, product.options())});
  }
  const std::vector<std::string> models = model_names();
  for (const Product& product : resembling_products()) {
    if (std::find(models.begin(), models.end(), product.model) == models.end()) continue;
    lines.push_back(
        {"like " + product.name, fmt::format("{}\n{}", product.summary, product.options())});
  }
  return lines;
}

lab::Json json_of(const std::vector<Service>& services) {
  lab::Json models = lab::Json::array();
  for (const std::string& name : model_names()) {
    const auto why = why_unavailable(name);
    lab::Json model;
    model.set("name", name);
    model.set("title", title_of(name));
    model.set("available", !why);
    if (why) model.set("why_not", *why);
    models.push(model);
  }
  lab::Json list = lab::Json::array();
  for (const Service& service : services) {
    lab::Json each;
    each.set("name", service.name);
    each.set("port", static_cast<double>(service.port));
    each.set("summary", service.summary);
    list.push(each);
  }
  lab::Json set_ups = lab::Json::array();
  for (const Product& product : products()) {
    lab::Json each;
    each.set("name", product.name);
    each.set("options", product.options());
    each.set("summary", product.summary);
    each.set("resembles", product.resembles);
    set_ups.push(each);
  }
  lab::Json json;
  json.set("schema", "weir.list/1");
  json.set("models", models);
  json.set("services", list);
  json.set("set_ups", set_ups);
  return json;
}

}  // namespace

int list(const std::vector<Service>& services, Form form) {
  if (form == Form::json) {
    write_output("-", json_of(services).dump(2) + "\n");
    return done;
  }
  std::vector<Line> served;
  for (const Service& service : services) {
    const std::string colon = service.summary.empty() ? "" : ": ";
    served.push_back(
        {service.name, fmt::format("port {}{}{}", service.port, colon, service.summary)});
  }
  write_output("-", section("models (serve --model NAME)", models()) + "\n" +
                        section("services (serve NAME)", served) + "\n" +
                        section("set-ups: a model in processes or threads", set_ups()));
  return done;
}

}  // namespace weir::cli
