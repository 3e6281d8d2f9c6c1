// The answers of an HTTP server, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/client.hpp"

namespace weir::test {

struct HttpAnswer {
  std::string status;               ///< the code: "200"
  std::vector<std::string> fields;  ///< "Content-Length: 3"
  std::string body;

  bool has(const std::string& field) const;
};

/// Whether there is a body behind the head of an answer.
enum class Bodies { sent, left_out };

/// Takes `bytes` apart. Throws std::runtime_error with what is wrong with them: a head that isn't whole,
/// a body without a Content-Length, or with another number of bytes.
std::vector<HttpAnswer> http_answers(std::string_view bytes, Bodies bodies = Bodies::sent);

/// Receives one answer with its body.
HttpAnswer receive_answer(Client& client);

}  // namespace weir::test
