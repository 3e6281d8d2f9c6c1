#pragma once
#include <string>

namespace weir::cli {

/// Returns docs/MODELS.md: the frame (docs/models.md.in) with the head comments of all models in
/// it. In the frame `{{glance}}` and `{{models}}` stand for what is made of them, and a line of a
/// table that begins with a link to a model, "| [`NAME`](#", is left out where there is no such
/// model.
std::string models_page();

}  // namespace weir::cli
