#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/chunked.hpp"
#include "http/framing.hpp"

namespace weir::http {

/// Takes a request's body out of what is read, piece by piece, and keeps none of it.
class BodyPieces {
 public:
  /// `limits` outlive it.
  BodyPieces(const Framing& framing, const Limits& limits) : left_(framing.body_bytes) {
    if (framing.body == Framing::Body::chunked) chunks_.emplace(limits);
  }

  /// Takes what belongs to the body off `bytes`, and returns data among it, possibly none.
  std::string_view take(std::string_view& bytes) {
    if (!chunks_) {
      const std::string_view piece = bytes.substr(0, left_);
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      return piece;
    }
    std::string_view piece;
    while (piece.empty() && chunks_->progress() == Progress::more && !bytes.empty()) {
      piece = chunks_->take(bytes);
    }
    return piece;
  }

  Progress progress() const {
    if (chunks_) return chunks_->progress();
    return left_ == 0 ? Progress::done : Progress::more;
  }
  int refusal() const { return chunks_ ? chunks_->refusal() : 0; }

 private:
  std::uint64_t left_;  // of a body that has a length
  std::optional<ChunkedDecoder> chunks_;
};

}  // namespace weir::http
