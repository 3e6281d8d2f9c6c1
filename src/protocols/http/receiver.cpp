#include "http/receiver.hpp"

#include <algorithm>

namespace weir::http {

Progress Receiver::take(std::string_view& bytes) {
  const std::size_t size = bytes.size();
  Progress progress = has_head() ? Progress::done : take_head(bytes);
  if (progress == Progress::done && framing_.body != Framing::Body::none) {
    body_has_begun_ = body_has_begun_ || !bytes.empty();
    const bool sized = framing_.body == Framing::Body::sized;
    progress = sized ? take_sized(bytes) : take_chunked(bytes);
  }
  received_bytes_ += size - bytes.size();
  return progress;
}

Progress Receiver::refuse(int status) {
  refusal_ = status;
  return Progress::refused;
}

/// A head that lies whole in the first piece is read where it lies. It moves when its body is cut.
Progress Receiver::take_head(std::string_view& bytes) {
  const bool cut = !kept_.empty();
  const std::size_t before = kept_.size();
  if (cut) kept_ += bytes;
  const Progress progress = read_head(cut ? kept_ : bytes, limits_, head_);
  if (progress == Progress::more) {
    if (!cut) kept_ = bytes;
    bytes = {};
    return progress;
  }
  if (progress == Progress::refused) return refuse(head_.refusal);
  bytes.remove_prefix(head_.next - before);
  framing_ = frame(head_, limits_);
  if (framing_.refusal != 0) return refuse(framing_.refusal);
  const bool whole = framing_.body == Framing::Body::none ||
                     (framing_.body == Framing::Body::sized && bytes.size() >= framing_.body_bytes);
  if (!cut && !whole) keep_head();
  return Progress::done;
}

void Receiver::keep_head() {
  if (!kept_.empty()) return;
  kept_ = head_.view(Piece{0, head_.next});
  head_.base = kept_.data();
}

Progress Receiver::take_only_head(std::string_view& bytes) {
  const std::size_t size = bytes.size();
  const Progress progress = has_head() ? Progress::done : take_head(bytes);
  received_bytes_ += size - bytes.size();
  return progress;
}

Progress Receiver::take_sized(std::string_view& bytes) {
  const std::size_t wanted = framing_.body_bytes - body_.size();
  if (body_.empty() && bytes.size() >= wanted) {
    whole_body_ = bytes.substr(0, wanted);
    bytes.remove_prefix(wanted);
    return Progress::done;
  }
  const std::size_t size = std::min(wanted, bytes.size());
  body_ += bytes.substr(0, size);
  bytes.remove_prefix(size);
  return body_.size() == framing_.body_bytes ? Progress::done : Progress::more;
}

Progress Receiver::take_chunked(std::string_view& bytes) {
  if (!chunks_) chunks_.emplace(limits_);
  while (chunks_->progress() == Progress::more && !bytes.empty()) body_ += chunks_->take(bytes);
  if (chunks_->progress() == Progress::refused) return refuse(chunks_->refusal());
  return chunks_->progress();
}

}  // namespace weir::http
