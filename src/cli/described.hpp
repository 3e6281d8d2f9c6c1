#pragma once
#include <optional>
#include <string>
#include <vector>

#include "describe/facts.hpp"

namespace weir::cli {

/// What the build knows of a model's source, of its twin by hand, and of the service of both. Null
/// where there is no such source.
const describe::SourceFacts* facts_of_model(const std::string& model);
const describe::SourceFacts* facts_of_twin(const std::string& model);
const describe::SourceFacts* facts_of_session();
const describe::SourceFacts* facts_of_codec();

/// What a model has in files of its own beside its source: src/models/NAME_.... and the like, whose
/// names begin with the model's.
std::vector<const describe::SourceFacts*> facts_of_parts(const std::string& model);

/// The title of a model, from its head comment.
std::string title_of(const std::string& model);

/// Why a model can't run here; nothing when it can.
std::optional<std::string> why_unavailable(const std::string& model);

/// Throws Failure (wrong usage), with what was probably meant, when neither a model nor a set-up has
/// this name.
void check_explained_name(const std::string& name);

}  // namespace weir::cli
