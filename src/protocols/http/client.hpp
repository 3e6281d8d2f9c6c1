#pragma once
#include <string>

#include <weir/service.hpp>

namespace weir::http {

/// A browser's request for the target, with twelve header fields. Throws std::invalid_argument when a
/// request line can't have that target.
std::string browser_request(const std::string& target);

/// A browser's requests for the load generator, for `target`, or for the one that the user names. An
/// answer that isn't a 2xx or 3xx is wrong.
Exchanges exchanges(const std::string& target);

}  // namespace weir::http
