// What this parser and Boost.Beast's make of the same bytes: transcripts that were changed at random.
// They may differ only in ways that have a name here, with the section of the standard.
#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "http/characters.hpp"
#include "http/receiver.hpp"
#include "support/http_cases.hpp"

namespace weir::http {
namespace {

namespace beast = boost::beast::http;

enum class Verdict { understood, refused, cut };

/// What a parser makes of the first request.
struct Opinion {
  Verdict verdict = Verdict::cut;
  std::string message = {};  // method, target, fields and body
  std::string body = {};
  std::size_t size = 0;  // of the request
  int status = 0;        // of a refusal
};

/// Fields are compared whatever their order: Beast puts those of one name together.
std::string message_of(std::string_view method, std::string_view target,
                       std::vector<std::string> fields, std::string_view body) {
  std::sort(fields.begin(), fields.end());
  return fmt::format("{} {}\n{}\n\n{}", method, target, fmt::join(fields, "\n"), body);
}

Opinion own_opinion(std::string_view bytes) {
  const Limits limits;
  Receiver receiver(limits);
  std::string_view rest = bytes;
  const Progress progress = receiver.take(rest);
  if (progress == Progress::more) return {};
  if (progress == Progress::refused) return {Verdict::refused, "", "", 0, receiver.refusal()};
  const Request request = receiver.request();
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    fields.push_back(fmt::format("{}: {}", request.field(i).name, request.field(i).value));
  }
  return {Verdict::understood,
          message_of(request.method(), request.target(), fields, request.body()),
          std::string(request.body()), bytes.size() - rest.size()};
}

Opinion opinion_of_beast(std::string_view bytes) {
  beast::request_parser<beast::string_body> parser;
  const Limits limits;
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(limits.request_line_bytes + limits.header_bytes));
  parser.body_limit(limits.body_bytes);
  std::size_t size = 0;
  while (!parser.is_done() && size < bytes.size()) {
    boost::system::error_code error;
    const boost::asio::const_buffer rest(bytes.data() + size, bytes.size() - size);
    const std::size_t taken = parser.put(rest, error);
    size += taken;
    if (error == beast::error::need_more || (!error && taken == 0)) return {};
    if (error) return {Verdict::refused, "", "", 0, 400};
  }
  if (!parser.is_done()) return {};
  const auto& message = parser.get();
  const auto text_of = [](auto view) { return std::string_view(view.data(), view.size()); };
  std::vector<std::string> fields;
  for (const auto& field : message) {
    fields.push_back(fmt::format("{}: {}", text_of(field.name_string()), text_of(field.value())));
  }
  return {Verdict::understood,
          message_of(text_of(message.method_string()), text_of(message.target()), fields,
                     message.body()),
          message.body(), size};
}

bool same(const Opinion& one, const Opinion& other) {
  return one.verdict == other.verdict && one.message == other.message && one.size == other.size;
}

/// The input, and what was made of it.
struct Case {
  std::string_view bytes;
  Opinion own;
  Opinion other;
  Head head{};  // as far as its syntax is right
  bool has_head = false;

  std::string_view unread() const { return bytes.substr(head.next); }  // from the line at fault on
  std::string_view target() const { return head.view(head.target); }
};

bool is_chunked(const Case& each) {
  return each.has_head && each.head.transfer_encoding.count > 0;
}

bool differs_by_host(const Case& each) {
  const Head& head = each.head;
  if (!each.has_head || each.own.status != 400) return false;
  if (head.host.count == 0) return head.minor_version == 1;
  return head.host.count > 1 || !is_host(head.value(head.host));
}

bool differs_by_target(const Case& each) {
  if (each.own.verdict != Verdict::refused) return false;
  if (each.has_head) {
    return each.target().front() != '/' || each.head.view(each.head.method) == "CONNECT";
  }
  const std::string_view line = each.bytes.substr(0, each.bytes.find("\r\n"));
  return each.head.fields_at == 0 && line.find(" HTTP/1.") != std::string_view::npos &&
         std::any_of(line.begin(), line.end(), [](char c) { return c == '#' || c < 0; });
}

bool differs_by_coding(const Case& each) {
  if (!is_chunked(each) || (each.own.status != 400 && each.own.status != 501)) return false;
  return frame(each.head, Limits{}).refusal != 0;
}

bool differs_by_length(const Case& each) {
  if (!each.has_head || is_chunked(each) || each.own.status != 400) return false;
  return each.head.content_length.count > 0;
}

bool differs_by_fold(const Case& each) {
  const std::string_view rest = each.unread();
  if (each.own.status != 400) return false;
  if (!each.has_head) return !rest.empty() && is_blank(rest.front());
  return rest.find("\r\n ") != std::string_view::npos ||
         rest.find("\r\n\t") != std::string_view::npos;
}

/// Or a chunk's size of more digits than sixteen.
bool differs_by_limit(const Case& each) {
  const int status = each.own.status;
  if (status == 413 || status == 414 || status == 431) return true;
  if (!is_chunked(each) || status != 400) return false;
  std::size_t digits = 0;
  for (const char c : each.unread()) {
    digits = is_hex(c) ? digits + 1 : 0;
    if (digits > ChunkedDecoder::size_digits_max) return true;
  }
  return false;
}

bool differs_by_trailers(const Case& each) {
  if (!is_chunked(each) || each.own.verdict != Verdict::understood) return false;
  return each.other.verdict == Verdict::refused ||
         (each.own.size == each.other.size && each.own.body == each.other.body);
}

bool differs_by_extension(const Case& each) {
  return is_chunked(each) && each.own.status == 400 &&
         each.unread().find(';') != std::string_view::npos;
}

bool differs_by_connection(const Case& each) {
  return each.own.verdict == Verdict::understood && each.other.verdict == Verdict::refused &&
         Request(each.head, "").header("Connection").has_value();
}

bool differs_by_patience(const Case& each) {
  return each.own.verdict != Verdict::understood && each.other.verdict != Verdict::understood;
}

/// A way in which the two may differ. By the section of the standard this parser is right, or free.
struct Class {
  const char* name;
  const char* section;
  bool (*holds)(const Case& each);
};

const std::vector<Class> classes{
    {"an empty line before the request is passed over", "RFC 9112, 2.2",
     [](const Case& each) { return each.bytes.starts_with('\r'); }},
    {"limits of a server's own", "RFC 9110, 15.5.14 and 15.5.15; RFC 9112, 7.1", differs_by_limit},
    {"one refuses what the other waits for the end of", "RFC 9112, 2.2", differs_by_patience},
    {"a host that is missing, or none", "RFC 9112, 3.2; RFC 9110, 7.2", differs_by_host},
    {"a target that is none", "RFC 9112, 3.2; RFC 3986, 3.3", differs_by_target},
    {"a coding that isn't chunked alone", "RFC 9112, 6.1", differs_by_coding},
    {"a length that is said twice", "RFC 9110, 8.6", differs_by_length},
    {"an expectation that can't be met", "RFC 9110, 10.1.1",
     [](const Case& each) { return each.own.status == 417; }},
    {"a folded line", "RFC 9112, 5.2", differs_by_fold},
    {"trailers are no header fields", "RFC 9112, 7.1.2", differs_by_trailers},
    {"an extension of a chunk that is long, or none", "RFC 9112, 7.1.1", differs_by_extension},
    {"an option of Connection that is none is passed over", "RFC 9110, 7.6.1",
     differs_by_connection},
};

const std::vector<std::string> words{"\r",
                                     "\n",
                                     "\r\n",
                                     " ",
                                     "\t",
                                     std::string(1, '\0'),
                                     ":",
                                     ",",
                                     ";",
                                     "chunked",
                                     "Content-Length: 1\r\n",
                                     "Transfer-Encoding: chunked\r\n",
                                     "Host: b\r\n",
                                     "\x80",
                                     "\x7f",
                                     "0",
                                     "f",
                                     "+",
                                     "HTTP/1.0",
                                     "HTTP/1.1",
                                     "\"",
                                     "\\",
                                     "=",
                                     "/",
                                     "#",
                                     "http://a/",
                                     "\r\n\r\n",
                                     "Connection: close\r\n",
                                     "Expect: 100-continue\r\n"};

/// Changes `bytes` in one place: something is lost, put in, replaced, there twice, or goes on as another
/// text does.
void mutate(std::string& bytes, const std::vector<std::string>& texts, std::mt19937_64& random) {
  const std::string& word = words[random() % words.size()];
  const std::size_t at = random() % (bytes.size() + 1);
  const std::size_t size = std::min<std::size_t>(1 + random() % 6, bytes.size() - at);
  switch (random() % 5) {
    case 0:
      bytes.erase(at, size);
      break;
    case 1:
      bytes.insert(at, word);
      break;
    case 2:
      bytes.replace(at, size, word);
      break;
    case 3:
      bytes.insert(at, bytes.substr(at, size));
      break;
    default: {
      const std::string& other = texts[random() % texts.size()];
      bytes = bytes.substr(0, at) + other.substr(random() % (other.size() + 1));
    }
  }
}

std::vector<std::string> short_texts() {
  std::vector<std::string> texts;
  for (const test::HttpCase& each : test::http_cases()) {
    if (each.bytes.size() < 1000) texts.push_back(each.bytes);
  }
  return texts;
}

/// The class by which the two differ about `bytes`; null when they don't, and the end when there is
/// none.
const Class* difference_about(std::string_view bytes) {
  Case each{bytes, own_opinion(bytes), opinion_of_beast(bytes)};
  if (same(each.own, each.other)) return nullptr;
  const Limits limits;
  each.has_head = read_head(bytes, limits, each.head) == Progress::done;
  return std::find_if(classes.data(), classes.data() + classes.size(),
                      [&each](const Class& known) { return known.holds(each); });
}

TEST(HttpBeast, DiffersOnlyWhereItHasAName) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr std::uint64_t seeds = 20'000;  // each takes many times as long
#else
  constexpr std::uint64_t seeds = 200'000;
#endif
  const std::vector<std::string> texts = short_texts();
  std::vector<int> counts(classes.size() + 1);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    std::mt19937_64 random(seed);
    std::string bytes = texts[random() % texts.size()];
    for (std::uint64_t i = 1 + random() % 3; i > 0; --i) mutate(bytes, texts, random);
    const Class* found = difference_about(bytes);
    if (found == nullptr) continue;
    const auto index = static_cast<std::size_t>(found - classes.data());
    ++counts[index];
    ASSERT_LT(index, classes.size()) << "seed " << seed << ": " << testing::PrintToString(bytes);
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    fmt::print("{:>6} of {}: {} ({})\n", counts[i], seeds, classes[i].name, classes[i].section);
    EXPECT_GT(counts[i], 0) << classes[i].name << ": they don't differ in that any more";
  }
}

}  // namespace
}  // namespace weir::http
