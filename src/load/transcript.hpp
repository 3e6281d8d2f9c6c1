// Conversations with a server as text that a person can read and add to: what is sent, what must
// come back.
//
//   # a comment
//   expect "*"
//   send "^abc$" "\x00\n" "^d$" * 1000
//   pause 20ms
//   expect "bcd"
//   finish          the client has finished sending (half-close)
//   end             the server closes, and nothing more comes before it does
//
// Strings are in double quotes, with the escapes \n \r \t \0 \\ \" and \xHH. `* COUNT` repeats the
// string before it. Several strings on a line are one.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace weir::load {

/// The most bytes that the strings of one step may come to.
inline constexpr std::size_t step_bytes_max = std::size_t{64} << 20;

struct Step {
  enum class Kind { send, expect, pause, finish, end };
  Kind kind;
  std::string bytes;                  ///< of send and expect
  std::chrono::nanoseconds pause{0};  ///< of pause
  std::size_t line = 0;               ///< where it stands in its file, from 1
};

struct Transcript {
  std::string name;  ///< the file's name without folder and extension
  std::vector<Step> steps;
};

/// Reads the text of a transcript. `name` becomes the transcript's name and stands in front of
/// error messages. Throws std::runtime_error with one sentence, `NAME:LINE: what is wrong`.
Transcript parse_transcript(std::string_view text, std::string_view name);

/// Reads a transcript from a file. Throws std::runtime_error as above (with the file's path), or
/// with one sentence when the file can't be read.
Transcript read_transcript(const std::filesystem::path& file);

/// Reads all files FOLDER/*.txt, sorted by name. Throws as read_transcript does, and when there is
/// none.
std::vector<Transcript> read_transcripts(const std::filesystem::path& folder);

/// Returns all bytes that the client sends, in order.
std::string sent_bytes(const Transcript& transcript);

/// Returns all bytes that the server must answer, in order.
std::string expected_bytes(const Transcript& transcript);

}  // namespace weir::load
