#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include <weir/http.hpp>

namespace weir::http {

/// What of a request its answer depends on.
struct Asked {
  bool head_only = false;  // HEAD
  bool keep_alive = false;
  unsigned minor_version = 1;
};

/// Answers that are written in one go. A short one has its place in here, and needs no memory.
class Replies {
 public:
  Replies() {}  // leaves the place as it is
  Replies(const Replies&) = delete;
  Replies& operator=(const Replies&) = delete;

  /// Adds the response: status line, fields, and the body unless there is none to be sent, or it is a
  /// file's, which follows. RFC 9110, sections 6.4.1 and 8.6; RFC 9112, section 9.
  /// Returns the bytes of content that are sent.
  std::uint64_t add(const Response& response, const Asked& asked);
  /// How the content of an answer goes that comes in pieces.
  struct Pieces {
    bool has_body;
    bool chunked;  // else it ends with the connection
    bool keep_alive;
  };
  /// Adds the head of such an answer. RFC 9112, sections 6.1 and 6.3.
  Pieces begin(const Response& response, const Asked& asked);
  /// Adds a refusal, after which the connection ends.
  std::uint64_t add_refusal(int status, const Asked& asked);
  /// Adds what tells a client to send the body that it holds back: RFC 9110, section 15.2.1.
  void add_continue();
  /// Adds what stands between the parts of a file.
  void add_text(std::string_view text);

  std::string_view bytes() const { return {data(), size_}; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

 private:
  const char* data() const { return grown_ ? grown_.get() : place_.data(); }
  char* make_room(std::size_t bytes);

  std::size_t size_ = 0;
  std::size_t capacity_ = sizeof place_;
  std::unique_ptr<char[]> grown_;
  std::array<char, 256> place_;
};

}  // namespace weir::http
