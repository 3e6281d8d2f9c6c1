#pragma once
#include <weir/service.hpp>

namespace weir::work {

/// What a simulated client says: it waits, computes, asks for something that is no work.
inline constexpr const char* conversation = R"(
send "sleep=20ms\n"
expect "wwww\n"
pause 500ms
send "block=5ms burn=1ms reply=12B\n"
expect "wwwwwwwwwww\n"
pause 500ms
send "here block=1ms\n" "rest=5ms\n"
expect "wwww\n"
expect "error: 'rest=5ms' is none of sleep=, block=, burn=, reply=, here, crash\n"
finish
end
)";

/// Requests for the load generator, that ask for an answer alone; or for what the user writes.
Exchanges exchanges();

}  // namespace weir::work
