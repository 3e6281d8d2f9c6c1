#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include <weir/time.hpp>

namespace weir::cli {

/// `30s`, `200ms`, `1.5m`, `20us`, `0s`: a number and its unit (ns, us, ms, s, m, h).
/// Throws std::invalid_argument with one sentence.
Duration parse_duration(std::string_view text);

/// `64KiB`, `1MiB`, `512B`, `2GiB`. Throws std::invalid_argument with one sentence.
std::size_t parse_bytes(std::string_view text);

/// `1.50 s`, `20.0 us`.
std::string text_of(Duration duration);

}  // namespace weir::cli
