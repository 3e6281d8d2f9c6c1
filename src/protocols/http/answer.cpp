#include "http/answer.hpp"

#include <charconv>
#include <cstring>

#include <weir/service.hpp>

#include "http/characters.hpp"

namespace weir::http {
namespace {

constexpr Limits answer_limits{.body_bytes = SIZE_MAX / 2};
constexpr std::size_t answer_head_bytes_max = 64 * 1024;

/// The status of a status line: `HTTP/1.1 200 OK`.
int status_of(std::string_view line) {
  int status = 0;
  const bool begins = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ';
  const char* const code = line.data() + 9;
  if (!begins || std::from_chars(code, code + 3, status).ptr != code + 3) {
    throw ProtocolError("the server answered '" + std::string(line.substr(0, 80)) + "'");
  }
  return status;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\r');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

}  // namespace

void AnswerReader::take_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) throw ProtocolError("the server sent a field with no colon");
  const std::string_view name = line.substr(0, colon);
  if (name.size() == 14 && equals(name, "content-length")) {
    const std::string_view value = trimmed(line.substr(colon + 1));
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc() || end != value.data() + value.size()) {
      throw ProtocolError("the server sent a Content-Length that is no number");
    }
    left_ = length;
  } else if (name.size() == 17 && equals(name, "transfer-encoding")) {
    chunks_.emplace(answer_limits);
  }
}

/// Takes the head off `piece`, if its end is there.
void AnswerReader::take_head(std::string_view& piece) {
  const std::size_t before = kept_.size();
  std::string_view head = piece;
  if (before > 0) head = kept_ += piece;
  const std::size_t end = head.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (before == 0) kept_ = piece;
    piece = {};
    if (kept_.size() > answer_head_bytes_max) throw ProtocolError("the server's answer has no end");
    return;
  }
  piece.remove_prefix(end + 4 - before);
  std::string_view lines = head.substr(0, end + 2);
  status_ = status_of(take_line(lines));
  while (!lines.empty()) take_field(take_line(lines));
  has_head_ = true;
  if (status_ == 204 || status_ == 304) {
    left_ = 0;
    chunks_.reset();
  }
  if (!chunks_ && !left_) throw ProtocolError("the server doesn't say where its answer ends");
}

bool AnswerReader::take(std::string_view& piece) {
  if (!has_head_) take_head(piece);
  if (!has_head_) return false;
  if (chunks_) {
    while (chunks_->progress() == Progress::more && !piece.empty()) chunks_->take(piece);
    if (chunks_->progress() == Progress::refused) {
      throw ProtocolError("the server sent a chunk that is none");
    }
    return chunks_->progress() == Progress::done;
  }
  const std::size_t size = std::min<std::uint64_t>(piece.size(), *left_);
  *left_ -= size;
  piece.remove_prefix(size);
  return *left_ == 0;
}

}  // namespace weir::http
