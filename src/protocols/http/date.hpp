#pragma once
#include <ctime>
#include <string>
#include <string_view>

namespace weir::http {

/// `Sun, 06 Nov 1994 08:49:37 GMT`: RFC 9110, section 5.6.7.
std::string date_text(std::time_t seconds);

/// The field Date of now with its line's end, which is written once a second on each thread. Good until
/// the next call.
std::string_view date_line();

}  // namespace weir::http
