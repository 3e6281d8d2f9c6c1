// The rules that keep coroutines clear of what GCC 12 compiles wrongly.
//
// R1  A lambda with captures is named before it is passed to an awaited call.
// R2  One co_await a statement, bare or into a named local: `co_await x;`, `T name = co_await x;`,
//     `name = co_await x;`, `while (T name = co_await x)`; so never inside another expression.
// R3  No braced list inside a co_await expression.
// R4  No lambda with captures is itself a coroutine: the captures die with the lambda, not with the
//     frame.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::test {

struct Violation {
  std::string rule;  ///< R1 to R4
  std::size_t line;
};

/// Returns where `source` breaks the rules, in the order of its lines for each rule.
std::vector<Violation> coroutine_violations(std::string_view source);

}  // namespace weir::test
