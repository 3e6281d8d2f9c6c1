#include "support/http_answers.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace weir::test {
namespace {

/// Takes an answer's head off `bytes`.
HttpAnswer take_head(std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.1 ")) {
    throw std::runtime_error("no head of an answer: " + std::string(bytes.substr(0, 200)));
  }
  std::string_view head = bytes.substr(0, end + 2);
  bytes.remove_prefix(end + 4);
  HttpAnswer answer{std::string(head.substr(9, 3)), {}, ""};
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::size_t line = head.find("\r\n");
    answer.fields.emplace_back(head.substr(0, line));
    head.remove_prefix(line + 2);
  }
  return answer;
}

/// RFC 9110, section 6.4.1.
bool may_have_body(const HttpAnswer& answer) {
  return answer.status.front() != '1' && answer.status != "204" && answer.status != "304";
}

std::size_t length_of(const HttpAnswer& answer) {
  constexpr std::string_view name = "Content-Length: ";
  for (const std::string& field : answer.fields) {
    if (field.starts_with(name)) return std::strtoul(field.c_str() + name.size(), nullptr, 10);
  }
  if (!may_have_body(answer)) return 0;
  throw std::runtime_error("an answer without its length");
}

}  // namespace

bool HttpAnswer::has(const std::string& field) const {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

std::vector<HttpAnswer> http_answers(std::string_view bytes, Bodies bodies) {
  std::vector<HttpAnswer> answers;
  while (!bytes.empty()) {
    HttpAnswer answer = take_head(bytes);
    const std::size_t size = bodies == Bodies::sent ? length_of(answer) : 0;
    if (bytes.size() < size) throw std::runtime_error("an answer's body is cut");
    answer.body = bytes.substr(0, size);
    bytes.remove_prefix(size);
    answers.push_back(std::move(answer));
  }
  return answers;
}

HttpAnswer receive_answer(Client& client) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string byte = client.receive(1);
    if (byte.empty()) throw std::runtime_error("the server ended; there was '" + head + "'");
    head += byte;
  }
  std::string_view rest = head;
  HttpAnswer answer = take_head(rest);
  answer.body = client.receive(length_of(answer));
  return answer;
}

}  // namespace weir::test
