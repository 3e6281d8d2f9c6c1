#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include <weir/http.hpp>

namespace weir::http {

/// The most fields that can be allowed.
inline constexpr std::size_t header_fields_max = 256;

/// A piece of the head: where it begins, counted from the head's first byte, and its size.
struct Piece {
  std::uint32_t at;
  std::uint32_t size;
};

struct FieldPieces {
  Piece name;
  Piece value;
};

/// The fields of one name: how many, and which is the first.
struct Noted {
  std::uint16_t count = 0;
  std::uint16_t first = 0;
};

/// How far a head has come.
enum class Progress : std::uint8_t { more, done, refused };

/// The head of a request, and how far it has been read. Pieces are counted and not pointed to, so the
/// bytes may move while more of them come; `base` is set once the head is complete.
struct Head {
  const char* base = nullptr;
  std::uint32_t begin = 0;      // of the request line: behind an empty line that may come before it
  std::uint32_t next = 0;       // of the first line that hasn't been read
  std::uint32_t fields_at = 0;  // of the first field; 0: the request line hasn't been read
  int refusal = 0;              // the status, once it is refused
  Piece method{};
  Piece target{};
  unsigned minor_version = 0;

  Noted host;
  Noted content_length;
  Noted transfer_encoding;
  bool says_close = false;       // in one of the fields Connection
  bool says_keep_alive = false;  // the same
  bool expects_continue = false;
  bool expects_other = false;

  std::uint32_t field_count = 0;
  std::array<FieldPieces, header_fields_max> fields;  // the first `field_count` of them

  Head() {}  // leaves the fields as they are: most are never used

  std::string_view view(Piece piece) const { return {base + piece.at, piece.size}; }
  std::string_view value(const Noted& noted) const { return view(fields[noted.first].value); }
};

/// Reads on in a head, of which `bytes` are all that has come so far, and perhaps more behind it; the
/// bytes before stay what they were at the call before. Done: the head is whole and its syntax right,
/// and `head.next` is its size. Refused: `head.refusal` is the status to be answered.
///
/// What is done and what refused is the same however the bytes come: each line is read from left to
/// right, and the first byte that is wrong decides. RFC 9112, sections 2 to 5.
Progress read_head(std::string_view bytes, const Limits& limits, Head& head);

}  // namespace weir::http
