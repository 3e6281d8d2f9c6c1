#pragma once
#include <string>

#include <weir/http.hpp>

namespace weir::http {

/// What the request was taken for, as a JSON object of one line: method, target, version, headers (name
/// and value, in order), body. A byte beyond ASCII is the character of that number, so that nothing is
/// lost: the text is ASCII.
std::string json_of(const Request& request);

}  // namespace weir::http
