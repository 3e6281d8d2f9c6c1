#pragma once
#include <optional>
#include <string>

#include "describe/facts.hpp"

namespace weir::cli {

/// What the build knows of a model's source, of its twin by hand, and of the service that both serve.
/// Null where there is no such source.
const describe::SourceFacts* facts_of_model(const std::string& model);
const describe::SourceFacts* facts_of_twin(const std::string& model);
const describe::SourceFacts* facts_of_session();
const describe::SourceFacts* facts_of_codec();

/// The title of a model, from its head comment.
std::string title_of(const std::string& model);

/// Why a model can't run here; nothing when it can.
std::optional<std::string> why_unavailable(const std::string& model);

/// Throws Failure (wrong usage), with what was probably meant, when nothing has this name: no model,
/// and none of the set-ups.
void check_explained_name(const std::string& name);

}  // namespace weir::cli
