#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include <weir/http.hpp>

namespace weir::http {

/// What of a request its answer depends on.
struct Asked {
  bool head_only = false;  // HEAD
  bool keep_alive = false;
  unsigned minor_version = 1;
};

/// Answers that are written in one go.
class Replies {
 public:
  /// Adds the response: status line, fields, and the body unless there is none to be sent, or it is a
  /// file's, which follows. RFC 9110, sections 6.4.1 and 8.6; RFC 9112, section 9.
  void add(const Response& response, const Asked& asked);
  /// Adds a refusal, after which the connection ends.
  void add_refusal(int status);
  /// Adds what tells a client to send the body that it holds back: RFC 9110, section 15.2.1.
  void add_continue();

  std::string_view bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

}  // namespace weir::http
