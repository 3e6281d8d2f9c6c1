#include "cli/described.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/model_table.hpp"
#include "cli/products.hpp"
#include "cli/suggest.hpp"

namespace weir::cli {
namespace {

const describe::SourceFacts* facts_of(const std::string& path) {
  for (const describe::SourceFacts& facts : describe::source_facts()) {
    if (facts.path == path) return &facts;
  }
  return nullptr;
}

}  // namespace

const describe::SourceFacts* facts_of_model(const std::string& model) {
  return facts_of("src/models/" + model + ".cpp");
}

const describe::SourceFacts* facts_of_twin(const std::string& model) {
  return facts_of("examples/by_hand/" + model + ".cpp");
}

const describe::SourceFacts* facts_of_session() {
  return facts_of("src/protocols/framed/session.cpp");
}

const describe::SourceFacts* facts_of_codec() {
  return facts_of("src/protocols/framed/codec.cpp");
}

std::vector<const describe::SourceFacts*> facts_of_parts(const std::string& model) {
  std::vector<const describe::SourceFacts*> parts;
  const std::vector<std::string> models = model_names();
  for (const describe::SourceFacts& facts : describe::source_facts()) {
    const std::filesystem::path path(facts.path);
    const std::string stem = path.stem().string();
    const bool is_model = std::find(models.begin(), models.end(), stem) != models.end();
    const bool is_here = path.parent_path() == "src/models";
    if (is_here && !is_model && stem.starts_with(model)) parts.push_back(&facts);
  }
  return parts;
}

std::string title_of(const std::string& model) {
  const describe::SourceFacts* facts = facts_of_model(model);
  return facts == nullptr ? "" : facts->head.title;
}

std::optional<std::string> why_unavailable(const std::string& model) {
  ModelOptions options;
  options.model = model;
  try {
    make_model(options);
    return std::nullopt;
  } catch (const Failure& why) {
    return why.what();
  }
}

void check_explained_name(const std::string& name) {
  std::vector<std::string> names = model_names();
  if (std::find(names.begin(), names.end(), name) != names.end() || find_product(name)) return;
  const std::vector<std::string> products = product_names();
  names.insert(names.end(), products.begin(), products.end());
  throw Failure(wrong_usage, fmt::format("there is no model '{}'{} (models and set-ups: {})", name,
                                         did_you_mean(name, names), listed(names)));
}

}  // namespace weir::cli
