#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

/// `; did you mean 'epoll'?` for the nearest of `known` when it is near enough to be meant, else
/// the empty string. Levenshtein distance, at most two edits and less than half of the word.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

/// `a, b, c`
std::string listed(const std::vector<std::string>& words);

}  // namespace weir::cli
