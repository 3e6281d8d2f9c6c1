#pragma once
#include <string_view>

namespace weir::http {

/// How much a client wants a content coding, by its field Accept-Encoding: from 0 (not at all) to 1000.
/// RFC 9110, sections 12.4.2 and 12.5.3.
int quality_of(std::string_view accept_encoding, std::string_view coding);

}  // namespace weir::http
