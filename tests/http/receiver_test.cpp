// The transcripts, read by the receiver at every split of their bytes.
#include "http/receiver.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_cases.hpp"

namespace weir::http {
namespace {

using test::HttpCase;
using test::HttpOutcome;

/// What a transcript may say of a request.
std::vector<std::string> about(const Request& request, bool keep_alive) {
  std::vector<std::string> all{fmt::format("method {}", request.method()),
                               fmt::format("target {}", request.target()),
                               fmt::format("path {}", request.path()),
                               fmt::format("query {}", request.query()),
                               fmt::format("host {}", request.host()),
                               fmt::format("version 1.{}", request.minor_version()),
                               fmt::format("fields {}", request.field_count()),
                               fmt::format("body {}", request.body()),
                               fmt::format("head {}", request.head()),
                               keep_alive ? "keep-alive" : "close"};
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field(i);
    all.push_back(fmt::format("field {}={}", field.name, field.value));
  }
  return all;
}

/// Whether a head is received by itself, as for a handler that takes its body in pieces.
enum class Heads { with_body, by_itself };

/// Receives requests one after the other, in pieces that are gone when the next one comes.
class Conversation {
 public:
  explicit Conversation(Heads head) : head_(head) {}

  void hear(std::string_view piece) {
    std::string copy(piece);
    std::string_view rest = copy;
    while (!rest.empty() && !refused_) take(rest);
    copy.assign(copy.size(), '?');
  }

  std::vector<HttpOutcome> end() {
    if (receiver_ && !refused_) outcomes_.push_back({"cut"});
    return outcomes_;
  }

 private:
  void take(std::string_view& rest) {
    if (!receiver_) receiver_.emplace(limits_);
    const Progress progress = receive(rest);
    if (progress == Progress::more) return;
    refused_ = progress == Progress::refused;
    if (refused_)
      outcomes_.push_back({std::to_string(receiver_->refusal())});
    else
      outcomes_.push_back({"ok", about(receiver_->request(), receiver_->keep_alive())});
    receiver_.reset();
  }

  Progress receive(std::string_view& rest) {
    if (head_ == Heads::by_itself) {
      const Progress progress = receiver_->take_only_head(rest);
      if (progress != Progress::done) return progress;
      receiver_->keep_head();
    }
    return receiver_->take(rest);
  }

  const Heads head_;
  const Limits limits_;
  std::optional<Receiver> receiver_;
  std::vector<HttpOutcome> outcomes_;
  bool refused_ = false;
};

std::vector<HttpOutcome> in_pieces(std::string_view bytes, std::vector<std::size_t> cuts,
                                   Heads head = Heads::with_body) {
  cuts.push_back(bytes.size());
  Conversation conversation(head);
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    conversation.hear(bytes.substr(from, cut - from));
    from = cut;
  }
  return conversation.end();
}

std::string text_of(const std::vector<HttpOutcome>& outcomes) {
  std::string text;
  for (const HttpOutcome& outcome : outcomes) {
    text += outcome.what + '\n';
    for (const std::string& each : outcome.about) text += "  " + each + '\n';
  }
  return text;
}

std::vector<std::string> names_of(const std::vector<HttpOutcome>& outcomes) {
  std::vector<std::string> names;
  for (const HttpOutcome& outcome : outcomes) names.push_back(outcome.what);
  return names;
}

class HttpTranscripts : public testing::Test {
 protected:
  const std::vector<HttpCase> cases_ = test::http_cases();
};

TEST_F(HttpTranscripts, AreTakenForWhatTheySay) {
  for (const HttpCase& each : cases_) {
    SCOPED_TRACE(each.name);
    const std::vector<HttpOutcome> outcomes = in_pieces(each.bytes, {});
    ASSERT_EQ(names_of(outcomes), names_of(each.outcomes));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::vector<std::string>& found = outcomes[i].about;
      for (const std::string& said : each.outcomes[i].about) {
        EXPECT_NE(std::find(found.begin(), found.end(), said), found.end())
            << said << ", but it was taken for\n"
            << text_of({outcomes[i]}).substr(0, 2000);
      }
    }
  }
}

// Sanitizers make each try many times as long: with them, some of the cuts are tried.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t stride = 7;
#else
constexpr std::size_t stride = 1;
#endif

// Short ones everywhere; long ones at each power of two from both ends, and unless they are very long
// at places in between and around the limits. All would take longer than it tells.
std::vector<std::size_t> places(std::size_t size) {
  constexpr std::size_t short_bytes_max = 2000;
  constexpr std::size_t long_bytes_max = 100'000;
  std::vector<std::size_t> all;
  if (size <= short_bytes_max) {
    for (std::size_t cut = 1; cut < size; ++cut) all.push_back(cut);
  } else {
    for (std::size_t cut = 1; cut < size; cut *= 2) all.insert(all.end(), {cut, size - cut});
  }
  if (size > short_bytes_max && size <= long_bytes_max) {
    for (std::size_t cut = size / 40; cut < size; cut += size / 40) all.push_back(cut);
    for (const std::size_t limit : {std::size_t{8} * 1024, std::size_t{16} * 1024}) {
      const std::size_t end = std::min(size, limit + 40);
      for (std::size_t cut = limit - 40; cut < end; ++cut) all.push_back(cut);
    }
  }
  std::vector<std::size_t> cuts;
  for (std::size_t i = 0; i < all.size(); i += stride) cuts.push_back(all[i]);
  return cuts;
}

TEST_F(HttpTranscripts, AreTheSameAtEverySplit) {
  for (const HttpCase& each : cases_) {
    const std::string whole = text_of(in_pieces(each.bytes, {}));
    for (const std::size_t cut : places(each.bytes.size())) {
      ASSERT_EQ(text_of(in_pieces(each.bytes, {cut})), whole) << each.name << ", cut at " << cut;
    }
  }
}

TEST_F(HttpTranscripts, AreTheSameByteByByte) {
  for (const HttpCase& each : cases_) {
    if (each.bytes.size() > 20'000) continue;
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 1; cut < each.bytes.size(); ++cut) cuts.push_back(cut);
    const std::string whole = text_of(in_pieces(each.bytes, {}));
    ASSERT_EQ(text_of(in_pieces(each.bytes, cuts)), whole) << each.name;
    ASSERT_EQ(text_of(in_pieces(each.bytes, cuts, Heads::by_itself)), whole) << each.name;
  }
}

TEST_F(HttpTranscripts, AreTheSameWithTheHeadByItself) {
  for (const HttpCase& each : cases_) {
    ASSERT_EQ(text_of(in_pieces(each.bytes, {}, Heads::by_itself)),
              text_of(in_pieces(each.bytes, {})))
        << each.name;
  }
}

TEST(HttpReceiver, WaitsForTheFirstByte) {
  const Limits limits;
  Receiver receiver(limits);
  std::string_view nothing;
  EXPECT_EQ(receiver.take(nothing), Progress::more);
  EXPECT_FALSE(receiver.has_begun());
}

TEST(HttpReceiver, CopiesNothingOfWhatLiesWholeInAPiece) {
  const std::string bytes = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  const Limits limits;
  Receiver receiver(limits);
  std::string_view rest = bytes;
  ASSERT_EQ(receiver.take(rest), Progress::done);
  EXPECT_EQ(receiver.request().head().data(), bytes.data());
  EXPECT_EQ(receiver.request().body().data(), bytes.data() + bytes.size() - 3);
}

}  // namespace
}  // namespace weir::http
