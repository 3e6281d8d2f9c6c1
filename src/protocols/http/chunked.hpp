#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/head.hpp"

namespace weir::http {

/// Takes the data out of a chunked body, in whatever pieces it comes. RFC 9112, section 7.1.
///
///     while (decoder.progress() == Progress::more && !bytes.empty()) use(decoder.take(bytes));
class ChunkedDecoder {
 public:
  static constexpr std::size_t size_digits_max = 16;
  static constexpr std::size_t extension_bytes_max = 256;         // of a chunk
  static constexpr std::size_t extensions_bytes_max = 16 * 1024;  // of all

  explicit ChunkedDecoder(const Limits& limits) : limits_(limits) {}

  /// Takes bytes off `bytes`, and returns data among them, possibly none; what is left belongs to the
  /// next call, or behind the body once it is done.
  std::string_view take(std::string_view& bytes);

  Progress progress() const { return progress_; }
  int refusal() const { return refusal_; }  // the status, once it is refused

 private:
  /// In the order of a body's parts: the functions that step through one go by it.
  enum class State : std::uint8_t {
    size_begins,
    size,
    extension_begins,  // behind the semicolon
    extension_name,
    extension_name_over,  // white space behind it
    extension_value_begins,
    extension_token,
    extension_quoted,
    extension_escaped,      // behind a backslash
    extension_quoted_over,  // behind the second quotation mark
    extension_over,         // white space behind a value
    size_line_ends,         // a line feed is due
    data,
    data_over,    // a carriage return is due
    data_ends,    // a line feed
    line_begins,  // of the trailers, and so all that follow
    trailer_name,
    trailer_value,
    trailer_ends,  // a line feed
    body_ends,     // the last one
    wrong
  };

  void step(char c);
  void step_size(char c);
  void step_extension(char c);
  void step_trailer(char c);
  void step_line_end(char c);
  void begin_data();
  void refuse(int status);
  static State behind_part_of_extension(char c, State white_space);
  static State next_of_extension(State state, char c);

  const Limits& limits_;
  State state_ = State::size_begins;
  Progress progress_ = Progress::more;
  int refusal_ = 0;
  std::uint64_t left_ = 0;   // of the chunk's data
  std::uint64_t total_ = 0;  // of the data, this chunk's included
  std::size_t digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t extensions_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t trailers_ = 0;
};

}  // namespace weir::http
