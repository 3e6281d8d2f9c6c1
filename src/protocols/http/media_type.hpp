#pragma once
#include <string_view>

namespace weir::http {

/// The media type of a file, by what follows the last dot of its name: IANA's registry of media types.
/// `application/octet-stream` when that isn't known.
std::string_view media_type(std::string_view path) noexcept;

}  // namespace weir::http
