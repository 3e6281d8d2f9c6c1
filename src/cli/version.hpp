#pragma once
#include <string>

namespace weir::cli {

/// `weir 0.1.0, g++ 12.2, Linux 6.1`: version, build and kernel.
std::string version_text();

}  // namespace weir::cli
