#pragma once
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace weir::lookup {

/// The longest value that is taken.
inline constexpr std::size_t value_bytes_max = std::size_t{64} << 10;

/// A command as Redis reads it (RESP, redis.io/docs/reference/protocol-spec): how many words, and
/// each behind its length.
std::string resp_command(std::initializer_list<std::string_view> words);

/// What Redis answered.
struct Reply {
  enum class Kind { text, nothing, error } kind = Kind::text;
  std::string text;  // of an error what it says
};

/// Puts an answer together from the pieces in which it comes. Answers that are lists are none that
/// the commands here get.
class ReplyReader {
 public:
  /// The answer, once all of it is there. Throws std::runtime_error with one sentence when what has
  /// come is no answer, or is longer than value_bytes_max.
  std::optional<Reply> feed(std::string_view bytes);

 private:
  std::optional<Reply> bulk(std::string_view line, std::size_t begin);

  std::string heard_;
};

}  // namespace weir::lookup
