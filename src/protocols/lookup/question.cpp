#include "lookup/question.hpp"

#include <stdexcept>

namespace weir::lookup {

Question parse(const lines::Line& line) {
  if (line.too_long) throw std::invalid_argument("the line is too long");
  const std::size_t equals = line.text.find('=');
  Question question;
  question.key = line.text.substr(0, equals);
  if (question.key.empty()) throw std::invalid_argument("the key is missing");
  if (question.key.size() > key_bytes_max) throw std::invalid_argument("the key is too long");
  if (equals != std::string_view::npos) question.value = line.text.substr(equals + 1);
  return question;
}

}  // namespace weir::lookup
