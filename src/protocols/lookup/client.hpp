#pragma once
#include <weir/service.hpp>

namespace weir::lookup {

/// What a simulated client says: it sets a value, and asks for it.
inline constexpr const char* conversation = R"(
send "apples=five\n"
expect "five\n"
pause 500ms
send "apples\n"
expect "five\n"
finish
end
)";

/// Requests for the load generator: a key that is as long as a request is to be, or the user's line.
Exchanges exchanges();

}  // namespace weir::lookup
