#include "http/opinion.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "support/http_cases.hpp"

namespace weir::http {
namespace {

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

bool same(const Opinion& one, const Opinion& other) {
  return one.verdict == other.verdict && one.message == other.message && one.size == other.size;
}

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
const Class* difference_about(std::string_view bytes, const Other& other) {
  Case each{bytes, own_opinion(bytes), other.opinion_of(bytes)};
  if (same(each.own, each.other)) return nullptr;
  const Limits limits;
  each.has_head = read_head(bytes, limits, each.head) == Progress::done;
  const Class* const begin = other.classes.data();
  return std::find_if(begin, begin + other.classes.size(),
                      [&each](const Class& known) { return known.holds(each); });
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t usual_seeds = 20'000;  // each takes many times as long
#else
constexpr std::uint64_t usual_seeds = 200'000;
#endif

/// Whether to try another seed.
class Budget {
 public:
  Budget() {
    const char* const said = std::getenv("WEIR_FUZZ_SECONDS");
    if (said != nullptr) seconds_ = std::atoi(said);
  }
  bool allows(std::uint64_t seed) const {
    if (seconds_ == 0 || seed % 1024 != 0) return seconds_ != 0 || seed <= usual_seeds;
    return std::chrono::steady_clock::now() - begin_ < std::chrono::seconds(seconds_);
  }

 private:
  int seconds_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::string changed(std::uint64_t seed, const std::vector<std::string>& texts) {
  std::mt19937_64 random(seed);
  std::string bytes = texts[random() % texts.size()];
  for (std::uint64_t i = 1 + random() % 3; i > 0; --i) mutate(bytes, texts, random);
  return bytes;
}

}  // namespace

/// Fields are compared whatever their order: Beast puts those of one name together.
std::string message_of(std::string_view method, std::string_view target,
                       std::vector<std::string> fields, std::string_view body) {
  std::sort(fields.begin(), fields.end());
  return fmt::format("{} {}\n{}\n\n{}", method, target, fmt::join(fields, "\n"), body);
}

void expect_known_differences(const Other& other) {
  const std::vector<Class>& classes = other.classes;
  const std::vector<std::string> texts = short_texts();
  const Budget budget;
  std::vector<std::uint64_t> counts(classes.size() + 1);
  std::uint64_t seed = 1;
  for (; budget.allows(seed); ++seed) {
    const std::string bytes = changed(seed, texts);
    const Class* const found = difference_about(bytes, other);
    if (found == nullptr) continue;
    const auto index = static_cast<std::size_t>(found - classes.data());
    ++counts[index];
    ASSERT_LT(index, classes.size())
        << other.name << ", seed " << seed << ": " << testing::PrintToString(bytes);
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    fmt::print("{:>8} of {}: {} ({})\n", counts[i], seed - 1, classes[i].name, classes[i].section);
    EXPECT_GT(counts[i], 0U) << classes[i].name << ": they don't differ in that any more";
  }
}

}  // namespace weir::http
