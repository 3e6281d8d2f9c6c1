#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "http/chunked.hpp"
#include "http/framing.hpp"
#include "http/head.hpp"

namespace weir::http {

/// Receives one request, in whatever pieces it comes: the sans-IO half of the session. What lies whole
/// in a piece isn't copied.
class Receiver {
 public:
  explicit Receiver(const Limits& limits) : limits_(limits) {}
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// Takes what belongs to the request off `bytes`, which may be gone once more is asked for. When it
  /// is done the request's views are good as long as this object, and the last piece.
  Progress take(std::string_view& bytes);

  /// The same for its head alone. Its body may be taken afterwards.
  Progress take_only_head(std::string_view& bytes);
  /// Where the body ends, with other limits, once the head is complete.
  Framing frame_again(const Limits& limits) const { return frame(head_, limits); }
  /// Keeps the head when what it was received in is gone.
  void keep_head();

  /// Whether the head is complete, so that what is waited for is the body.
  bool has_head() const { return head_.base != nullptr; }
  /// Nothing of the body has come, and the client waits to be told to send it.
  bool waits_to_continue() const {
    return has_head() && head_.expects_continue && head_.minor_version > 0 && !body_has_begun_;
  }
  /// Whether anything but an empty line has come.
  bool has_begun() const { return received_bytes_ > 2; }
  std::size_t received_bytes() const { return received_bytes_; }

  /// What has come of a head that isn't complete, of which `rest` was not taken.
  std::string_view begun(std::string_view rest) const { return kept_.empty() ? rest : kept_; }

  Request request() const { return Request(head_, body()); }
  bool keep_alive() const { return framing_.keep_alive; }
  int refusal() const { return refusal_; }  // the status, once it is refused
  Progress refuse(int status);

 private:
  Progress take_head(std::string_view& bytes);
  Progress take_sized(std::string_view& bytes);
  Progress take_chunked(std::string_view& bytes);
  std::string_view body() const { return whole_body_.empty() ? body_ : whole_body_; }

  const Limits& limits_;
  Head head_;
  Framing framing_;
  std::string kept_;             // of the head, where it was cut
  std::string_view whole_body_;  // where it lies whole in a piece
  std::string body_;             // where it doesn't
  std::optional<ChunkedDecoder> chunks_;
  std::size_t received_bytes_ = 0;
  int refusal_ = 0;
  bool body_has_begun_ = false;
};

}  // namespace weir::http
