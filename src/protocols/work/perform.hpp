#pragma once
#include <cstddef>
#include <string_view>

#include <weir/io.hpp>

#include "work/request.hpp"

namespace weir::work {

/// Sleeps, blocks and burns as the request says, and nothing else of it.
Task<> perform(Io& io, Request request);

inline constexpr std::size_t answer_end_bytes_max = std::size_t{128} << 10;

/// The last `size` bytes of an answer, which is a line of `w`; at most `answer_end_bytes_max`.
std::string_view answer_end(std::size_t size);

}  // namespace weir::work
