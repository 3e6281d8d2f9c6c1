#include "http/chunked.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace weir::http {

std::string_view ChunkedDecoder::take(std::string_view& bytes) {
  while (progress_ == Progress::more && !bytes.empty()) {
    if (state_ == State::data) {
      const std::size_t size = std::min<std::uint64_t>(left_, bytes.size());
      const std::string_view data = bytes.substr(0, size);
      bytes.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) state_ = State::data_over;
      return data;
    }
    step(bytes.front());
    bytes.remove_prefix(1);
  }
  return {};
}

void ChunkedDecoder::refuse(int status) {
  progress_ = Progress::refused;
  refusal_ = status;
}

void ChunkedDecoder::step(char c) {
  const bool behind_data = state_ >= State::line_begins;
  if (behind_data && ++trailer_bytes_ > limits_.header_bytes) return refuse(431);
  if (state_ <= State::size) return step_size(c);
  if (state_ <= State::extension_over) return step_extension(c);
  const bool in_trailer = behind_data && state_ <= State::trailer_value;
  return in_trailer ? step_trailer(c) : step_line_end(c);
}

/// Hexadecimal digits, at least one, and nothing around them.
void ChunkedDecoder::step_size(char c) {
  if (is_hex(c)) {
    if (++digits_ > size_digits_max) return refuse(400);
    left_ = left_ << 4 | hex_value(c);
    state_ = State::size;
  } else if (state_ == State::size && c == ';') {
    extension_bytes_ = 0;
    state_ = State::extension_begins;
  } else if (state_ == State::size && c == '\r') {
    state_ = State::size_line_ends;
  } else {
    refuse(400);
  }
}

/// RFC 9112, section 7.1.1: `;name`, `;name=token`, `;name="quoted"`, again and again; with white
/// space around the equals sign and the semicolon, but none behind the chunk's size.
void ChunkedDecoder::step_extension(char c) {
  if (++extension_bytes_ > extension_bytes_max || ++extensions_bytes_ > extensions_bytes_max) {
    return refuse(400);
  }
  state_ = next_of_extension(state_, c);
  if (state_ == State::wrong) refuse(400);
}

ChunkedDecoder::State ChunkedDecoder::behind_part_of_extension(char c, State white_space) {
  if (c == ';') return State::extension_begins;
  if (c == '\r') return State::size_line_ends;
  return is_blank(c) ? white_space : State::wrong;
}

ChunkedDecoder::State ChunkedDecoder::next_of_extension(State state, char c) {
  const bool token = is(token_character, c);
  switch (state) {
    case State::extension_begins:
      if (is_blank(c)) return state;
      return token ? State::extension_name : State::wrong;
    case State::extension_name:
      if (token) return state;
      if (c == '=') return State::extension_value_begins;
      return behind_part_of_extension(c, State::extension_name_over);
    case State::extension_name_over:
      if (c == '=') return State::extension_value_begins;
      return c == '\r' ? State::wrong : behind_part_of_extension(c, state);
    case State::extension_value_begins:
      if (is_blank(c)) return state;
      if (c == '"') return State::extension_quoted;
      return token ? State::extension_token : State::wrong;
    case State::extension_token:
      return token ? state : behind_part_of_extension(c, State::extension_over);
    case State::extension_quoted:
      if (c == '"') return State::extension_quoted_over;
      if (c == '\\') return State::extension_escaped;
      return is(value_character, c) ? state : State::wrong;
    case State::extension_escaped:
      return is(value_character, c) ? State::extension_quoted : State::wrong;
    case State::extension_quoted_over:
      return behind_part_of_extension(c, State::extension_over);
    default:  // extension_over
      return c == '\r' ? State::wrong : behind_part_of_extension(c, state);
  }
}

/// Trailers have the syntax of header fields; they are dropped. RFC 9112, section 7.1.2.
void ChunkedDecoder::step_trailer(char c) {
  if (state_ == State::line_begins && c == '\r') {
    state_ = State::body_ends;
  } else if (state_ == State::line_begins) {
    if (++trailers_ > limits_.header_fields) return refuse(431);
    if (!is(token_character, c)) return refuse(400);
    state_ = State::trailer_name;
  } else if (state_ == State::trailer_name) {
    if (c == ':')
      state_ = State::trailer_value;
    else if (!is(token_character, c))
      refuse(400);
  } else if (c == '\r') {
    state_ = State::trailer_ends;
  } else if (!is(value_character, c)) {
    refuse(400);
  }
}

/// The second half of a line's end, and both halves of that behind data.
void ChunkedDecoder::step_line_end(char c) {
  if (c != (state_ == State::data_over ? '\r' : '\n')) return refuse(400);
  switch (state_) {
    case State::size_line_ends:
      return begin_data();
    case State::data_over:
      state_ = State::data_ends;
      return;
    case State::data_ends:
      digits_ = 0;
      state_ = State::size_begins;
      return;
    case State::trailer_ends:
      state_ = State::line_begins;
      return;
    default:  // body_ends
      progress_ = Progress::done;
  }
}

/// The size of a chunk is known, and counts before its data comes.
void ChunkedDecoder::begin_data() {
  if (left_ > limits_.body_bytes - total_) return refuse(413);
  total_ += left_;
  state_ = left_ == 0 ? State::line_begins : State::data;
}

}  // namespace weir::http
