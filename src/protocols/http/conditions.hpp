#pragma once
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <weir/http.hpp>

namespace weir::http {

/// What tells one state of a file from another.
struct Validators {
  std::string etag;          // with its quotation marks, and `W/` before them when it is weak
  std::time_t modified = 0;  // seconds since 1970
};

/// What the conditions of a request come to. RFC 9110, section 13.2.2: If-Match, If-Unmodified-Since,
/// If-None-Match and If-Modified-Since, in that order; a date that can't be read is ignored.
enum class Condition : std::uint8_t {
  met,           // answer as without them
  not_modified,  // 304
  failed         // 412
};
Condition evaluate(const Request& request, const Validators& file);

/// Whether the field Range counts: there is no If-Range, or it names this very state. Only a strong
/// validator can: an entity tag that isn't weak, or the date itself. RFC 9110, section 13.1.5.
bool range_counts(const Request& request, const Validators& file);

/// The values of all fields of that name, which is in lower case, as one list. RFC 9110, section 5.2.
std::optional<std::string> list_of(const Request& request, std::string_view name);

/// Reads a date in one of the three formats of RFC 9110, section 5.6.7.
std::optional<std::time_t> read_date(std::string_view text);

}  // namespace weir::http
