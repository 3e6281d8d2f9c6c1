#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/chunked.hpp"

namespace weir::http {

/// Finds the end of an answer, in whatever pieces it comes: what a client needs. An answer to GET, of
/// a server that is trusted: it is checked as far as that goes, and no further.
class AnswerReader {
 public:
  /// Takes off the piece what belongs to the answer; true: it has ended. Throws ProtocolError when it
  /// is no answer, or its end can't be told.
  bool take(std::string_view& piece);

  int status() const { return status_; }

 private:
  void take_head(std::string_view& piece);
  void take_field(std::string_view line);

  std::string kept_;  // of a head that was cut
  bool has_head_ = false;
  int status_ = 0;
  std::optional<std::uint64_t> left_;  // of a body with a length
  std::optional<ChunkedDecoder> chunks_;
};

}  // namespace weir::http
