#pragma once
// Ways in which other parsers differ from this one.
#include "http/opinion.hpp"

namespace weir::http {

bool differs_by_empty_line(const Case& each);
bool differs_by_host(const Case& each);
bool differs_by_target(const Case& each);
bool differs_by_coding(const Case& each);
bool differs_by_length(const Case& each);
bool differs_by_expectation(const Case& each);
bool differs_by_line_end(const Case& each);
bool differs_by_chunk_end(const Case& each);
bool differs_by_tab(const Case& each);
bool differs_by_name(const Case& each);
bool differs_by_spaces(const Case& each);
bool differs_by_version(const Case& each);
bool differs_by_fold(const Case& each);
/// Or a chunk's size of more digits than sixteen.
bool differs_by_limit(const Case& each);
bool differs_by_trailers(const Case& each);
bool differs_by_extension(const Case& each);
bool differs_by_connection(const Case& each);
bool differs_by_patience(const Case& each);

}  // namespace weir::http
