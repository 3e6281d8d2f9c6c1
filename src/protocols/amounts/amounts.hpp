// Numbers with a unit, as requests and options have them.
#pragma once
#include <cstddef>
#include <string_view>

#include <weir/time.hpp>

namespace weir::amounts {

/// `3ms`, `1.5s`, `200us`, `10ns`: from 0 to `most`. All three throw std::invalid_argument with what is
/// wrong with `word`, of which the value is a part.
Duration parse_time(std::string_view word, std::string_view value, Duration most);

/// `64B`, `0.2KiB`, `1MiB`: whole bytes from 0 to `most`.
std::size_t parse_size(std::string_view word, std::string_view value, std::size_t most);

/// `200KB/s`, `1.5MB/s`, `500B/s`, of 1,000 bytes a KB as networks have them: bytes a second from 0 to
/// `most`.
std::size_t parse_bandwidth(std::string_view word, std::string_view value, std::size_t most);

}  // namespace weir::amounts
