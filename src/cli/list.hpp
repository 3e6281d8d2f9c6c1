#pragma once
#include <vector>

#include <weir/service.hpp>

namespace weir::cli {

/// How a command says what it knows.
enum class Form { text, json };

/// Says which models, services and set-ups there are, and what is missing here and why. Returns the
/// exit code.
int list(const std::vector<Service>& services, Form form);

}  // namespace weir::cli
