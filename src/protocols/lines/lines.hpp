#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::lines {

/// A line without its end.
struct Line {
  std::string_view text;  // until the next call of `next`, `rest` or `feed`
  bool too_long = false;  // longer than it may be; `text` is empty then
};

/// Cuts what arrives into lines, whatever the pieces in which it comes. A line ends with "\n" or
/// "\r\n". Lines that lie whole in a piece are given where they stand; of one that is cut in two
/// the beginning is kept, so at most about `line_bytes_max` bytes are.
///
///     Lines lines(1024);
///     while (const Bytes bytes = co_await peer.read()) {
///       lines.feed(bytes);
///       while (const std::optional<Line> line = lines.next()) ...
///     }
///     if (const std::optional<Line> line = lines.rest()) ...
class Lines {
 public:
  /// `line_bytes_max`: the longest that a line may be, without its end. A longer one is given once,
  /// as too long, when its end has come.
  explicit Lines(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  /// What has arrived, which must stay where it is until `next` has given nothing. Before that no
  /// other piece may be fed.
  void feed(std::string_view bytes);

  /// The next line, or nothing when no more have ended.
  std::optional<Line> next();

  /// When nothing more comes: what stands after the last line's end, or nothing when nothing does.
  std::optional<Line> rest();

 private:
  void keep(std::string_view part);
  Line kept();
  Line line_of(std::string_view line) const;

  const std::size_t line_bytes_max_;
  std::string_view unread_;       // of what was fed
  std::string cut_;               // the beginning of a line whose end has not come ...
  bool cut_is_too_long_ = false;  // ... or would be, had it not grown too long to be kept
  bool cut_is_given_ = false;     // `cut_` is the line that was given last
};

}  // namespace weir::lines
