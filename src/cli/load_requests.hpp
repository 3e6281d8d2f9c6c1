#pragma once
#include <string>
#include <vector>

#include "cli/target.hpp"
#include "load/generator.hpp"

namespace weir::cli {

/// Has the plan make the service's own requests; or those of these texts, in turn; or what the target
/// names. Throws Failure with what is wrong with a text.
void choose_requests(load::Plan& plan, const Target& target, std::vector<std::string> texts);

}  // namespace weir::cli
