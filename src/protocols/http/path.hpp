#pragma once
#include <string>
#include <string_view>

namespace weir::http {

/// A file's path below a directory, as a target names it.
struct FilePath {
  int refusal = 0;         // the status to be answered; 0: there may be such a file
  std::string text = {};   // without a slash at its begin; "" is the directory itself
  bool directory = false;  // a slash ends it
};

/// Decodes the path of a target, once: RFC 3986, section 2.1. Refused, 400: a bad escape, an encoded
/// NUL, slash or backslash, a backslash, a control character. Refused, 404: a segment that begins with
/// a dot, and so `.` and `..` too; but `.well-known` may come first (RFC 8615).
FilePath file_path(std::string_view path);

}  // namespace weir::http
