#include "load/transcript.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace weir::load {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// One line of a transcript, read from left to right.
class LineReader {
 public:
  LineReader(std::string_view text, std::string_view name, std::size_t line)
      : rest_(text), name_(name), line_(line) {}

  [[noreturn]] void fail(std::string_view why) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", name_, line_, why));
  }

  // Skips blanks. True when nothing is left but, perhaps, a comment.
  bool at_end() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    return rest_.empty() || rest_.front() == '#';
  }

  // The characters up to the next blank.
  std::string_view word() {
    if (at_end()) return {};
    const auto size = std::min(rest_.find_first_of(" \t\r"), rest_.size());
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

  std::string strings() {
    std::string all;
    if (at_end()) fail("a string in double quotes is missing here");
    while (!at_end()) {
      const std::string one = string();
      const std::size_t times = at_end() || rest_.front() != '*' ? 1 : count();
      if (!one.empty() && times > (step_bytes_max - all.size()) / one.size()) {
        fail(fmt::format("this comes to more than {} bytes", step_bytes_max));
      }
      all.reserve(all.size() + one.size() * times);
      for (std::size_t i = 0; i < times; ++i) all += one;
    }
    return all;
  }

  std::chrono::nanoseconds duration() {
    const std::string_view text = word();
    double number = 0;
    const auto [unit_at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(unit_at,
                                text.size() - static_cast<std::size_t>(unit_at - text.data()));
    constexpr std::array<std::pair<std::string_view, double>, 4> units{
        {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};
    const auto* const found = std::find_if(units.begin(), units.end(),
                                           [&](const auto& entry) { return entry.first == unit; });
    const bool sane =
        error == std::errc() && std::isfinite(number) && number >= 0 && number <= 3600;
    if (!sane || found == units.end()) {
      fail("a pause is a number and its unit (ns, us, ms, s), for example 20ms");
    }
    return std::chrono::nanoseconds(std::llround(number * found->second));
  }

 private:
  char take() {
    if (rest_.empty()) fail("the closing quote is missing");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string string() {
    if (rest_.front() != '"')
      fail(fmt::format("a string starts with a double quote, not with {}", rest_.front()));
    take();
    std::string bytes;
    for (char c = take(); c != '"'; c = take()) bytes += c == '\\' ? escape() : c;
    return bytes;
  }

  char escape() {
    const char c = take();
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case '0':
        return '\0';
      case '\\':
      case '"':
        return c;
      case 'x':
        break;
      default:
        fail(fmt::format("there is no escape \\{} (only \\n \\r \\t \\0 \\\\ \\\" \\xHH)", c));
    }
    const auto high = hex_digit(take());
    const auto low = high ? hex_digit(take()) : std::nullopt;
    if (!low) fail("\\x takes two hexadecimal digits");
    return static_cast<char>(*high * 16 + *low);
  }

  std::size_t count() {
    take();  // the asterisk
    const std::string_view digits = word();
    std::size_t times = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), times);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fail("after * stands how often the string is repeated");
    }
    return times;
  }

  std::string_view rest_;
  std::string_view name_;
  std::size_t line_;
};

Step parse_step(LineReader& reader, std::size_t line) {
  const std::string_view verb = reader.word();
  Step step{.kind = Step::Kind::send, .bytes = {}, .line = line};
  if (verb == "send") {
    step.bytes = reader.strings();
  } else if (verb == "expect") {
    step.kind = Step::Kind::expect;
    step.bytes = reader.strings();
  } else if (verb == "pause") {
    step.kind = Step::Kind::pause;
    step.pause = reader.duration();
  } else if (verb == "finish") {
    step.kind = Step::Kind::finish;
  } else if (verb == "end") {
    step.kind = Step::Kind::end;
  } else {
    reader.fail(fmt::format("there is no step '{}' (only send, expect, pause, finish, end)", verb));
  }
  if (!reader.at_end()) reader.fail(fmt::format("nothing may follow '{}' here", verb));
  return step;
}

// What can't be played: after `finish` nothing is sent, after `end` nothing happens at all.
void check_order(const LineReader& reader, const std::vector<Step>& before, const Step& next) {
  bool finished = false;
  for (const Step& step : before) {
    if (step.kind == Step::Kind::end) reader.fail("nothing can follow 'end'");
    finished = finished || step.kind == Step::Kind::finish;
  }
  const bool sends = next.kind == Step::Kind::send || next.kind == Step::Kind::finish;
  if (finished && sends) reader.fail("the client has finished sending already");
}

std::string bytes_of(const Transcript& transcript, Step::Kind kind) {
  std::string all;
  for (const Step& step : transcript.steps) {
    if (step.kind == kind) all += step.bytes;
  }
  return all;
}

Transcript parse(std::string_view text, std::string_view place, std::string name) {
  Transcript transcript{.name = std::move(name), .steps = {}};
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto size = std::min(text.find('\n'), text.size());
    LineReader reader(text.substr(0, size), place, line);
    text.remove_prefix(std::min(size + 1, text.size()));
    if (reader.at_end()) continue;
    Step step = parse_step(reader, line);
    check_order(reader, transcript.steps, step);
    transcript.steps.push_back(std::move(step));
  }
  if (transcript.steps.empty())
    throw std::runtime_error(fmt::format("{}: there is no step", place));
  return transcript;
}

}  // namespace

Transcript parse_transcript(std::string_view text, std::string_view name) {
  return parse(text, name, std::string(name));
}

Transcript read_transcript(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  std::ostringstream text;
  if (input) text << input.rdbuf();
  if (!input || !text) throw std::runtime_error(fmt::format("{} can't be read", file.string()));
  return parse(text.str(), file.string(), file.stem().string());
}

std::vector<Transcript> read_transcripts(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  if (files.empty())
    throw std::runtime_error(fmt::format("{} holds no transcript", folder.string()));
  std::sort(files.begin(), files.end());
  std::vector<Transcript> all;
  for (const auto& file : files) all.push_back(read_transcript(file));
  return all;
}

std::string sent_bytes(const Transcript& transcript) {
  return bytes_of(transcript, Step::Kind::send);
}

std::string expected_bytes(const Transcript& transcript) {
  return bytes_of(transcript, Step::Kind::expect);
}

}  // namespace weir::load
