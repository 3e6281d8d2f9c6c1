#include "lines/lines.hpp"

#include <cassert>
#include <utility>

namespace weir::lines {

void Lines::feed(std::string_view bytes) {
  assert(unread_.empty() && "the lines of the piece before have not all been taken");
  unread_ = bytes;
}

std::optional<Line> Lines::next() {
  if (std::exchange(cut_is_given_, false)) cut_.clear();
  const std::size_t end = unread_.find('\n');
  if (end == std::string_view::npos) {
    keep(std::exchange(unread_, {}));
    return std::nullopt;
  }
  const std::string_view part = unread_.substr(0, end);
  unread_.remove_prefix(end + 1);
  if (cut_.empty() && !cut_is_too_long_) return line_of(part);
  keep(part);
  return kept();
}

std::optional<Line> Lines::rest() {
  assert(unread_.empty() && "there are lines to be taken before the rest");
  if (std::exchange(cut_is_given_, false)) cut_.clear();
  if (cut_.empty() && !cut_is_too_long_) return std::nullopt;
  return kept();
}

void Lines::keep(std::string_view part) {
  const std::size_t kept_max = line_bytes_max_ + 1;  // the last may be a "\r", of the line's end
  if (cut_is_too_long_ || part.size() > kept_max - cut_.size()) {
    cut_is_too_long_ = true;
    cut_.clear();
    return;
  }
  cut_ += part;
}

Line Lines::kept() {
  cut_is_given_ = true;
  if (std::exchange(cut_is_too_long_, false)) return {{}, true};
  return line_of(cut_);
}

Line Lines::line_of(std::string_view line) const {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > line_bytes_max_) return {{}, true};
  return {line, false};
}

}  // namespace weir::lines
