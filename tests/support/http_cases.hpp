// What HTTP requests must be taken for, as text that a person can read and add to: tests/http/transcripts.
//
//   # a comment
//   == A second Content-Length is refused, even the same (RFC 9110, 8.6)
//   > POST /echo HTTP/1.1           sent, with \r\n behind it
//   >> abc                          sent as it is
//   < ok                            a request is understood ...
//   = body abc                      ... and this is part of what it was taken for
//   < 400                           refused with this status, and nothing after it is read
//   < cut                           nothing comes of what is left: more of it is waited for
//
// Escapes: \r \n \t \0 \s (a space) \\ \xHH, and {x*1000} for a string a thousand times.
#pragma once

#include <string>
#include <vector>

namespace weir::test {

/// One request, or what is wrong with one.
struct HttpOutcome {
  std::string what;                     ///< ok, cut, or a status
  std::vector<std::string> about = {};  ///< "body abc"
};

struct HttpCase {
  std::string name;   ///< file: title
  std::string bytes;  ///< all that is sent
  std::vector<HttpOutcome> outcomes;
};

/// All cases of tests/http/transcripts. Throws std::runtime_error with what is wrong in which line.
std::vector<HttpCase> http_cases();

}  // namespace weir::test
