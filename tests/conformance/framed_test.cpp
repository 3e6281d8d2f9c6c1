// Every server gives the same bytes for every transcript, however the bytes are cut up on the way.
//
// A cut is real: the second piece is sent only after the server's process has read the first. It
// has when the piece's answer has come, and where a piece has no answer the kernel is asked whether
// its bytes are still unread.

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "load/transcript.hpp"
#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

using load::Step;
using load::Transcript;
using Cuts = std::vector<std::size_t>;

// Up to here every single cut is tried. Above (the 5 MB message, the thousands of messages) trying
// all would take days: there it is some fifty, both ends and each power of two among them.
constexpr std::size_t every_cut_bytes_max = 1024;
constexpr std::size_t chosen_cuts = 50;
// Below this every pair of cuts is tried, too.
constexpr std::size_t every_pair_bytes = 40;

std::vector<Transcript> transcripts() {
  return load::read_transcripts(std::filesystem::path(WEIR_SOURCE_DIR) /
                                "tests/transcripts/framed");
}

// Plays a transcript as it is written. Returns "" or what went wrong.
std::string play(const FramedServer& server, const Transcript& transcript) {
  Client client = server.connect_silently();
  for (const Step& step : transcript.steps) {
    std::string wrong;
    switch (step.kind) {
      case Step::Kind::send:
        client.send(step.bytes);
        break;
      case Step::Kind::expect:
        wrong = difference(step.bytes, client.receive(step.bytes.size()));
        break;
      case Step::Kind::pause:
        std::this_thread::sleep_for(step.pause);
        break;
      case Step::Kind::finish:
        client.finish();
        break;
      case Step::Kind::end:
        wrong = difference("", client.receive_to_end());
        break;
    }
    if (!wrong.empty()) return "line " + std::to_string(step.line) + ": " + wrong;
  }
  return {};
}

// Sends `bytes` cut up at `cuts` (rising), then finishes. Returns "" or how the answer, from the
// greeting to the end, differs from the expected one.
std::string play_cut(const FramedServer& server, std::string_view bytes, const Cuts& cuts,
                     std::string_view expected) {
  Client client = server.connect_silently();
  std::string answer = client.receive(1);
  bool inside = false;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    const std::string_view piece = bytes.substr(from, cut - from);
    const std::size_t answer_bytes = framed_answer(inside, piece).size();
    client.send(piece);
    if (answer_bytes != 0) answer += client.receive(answer_bytes);
    if (answer_bytes == 0) client.wait_until_taken();
    from = cut;
  }
  client.send(bytes.substr(from));
  client.finish();
  answer += client.receive_to_end();
  return difference(expected, answer);
}

std::string describe(const Cuts& cuts) {
  std::string text = "cut at";
  for (const std::size_t cut : cuts) text += " " + std::to_string(cut);
  return text;
}

// The places of single cuts: both sides have at least a byte.
Cuts single_cuts(std::size_t size) {
  Cuts cuts;
  if (size <= every_cut_bytes_max) {
    for (std::size_t cut = 1; cut < size; ++cut) cuts.push_back(cut);
    return cuts;
  }
  for (std::size_t cut = 1; cut < size; cut *= 2) cuts.insert(cuts.end(), {cut, size - cut});
  const std::size_t more = chosen_cuts - std::min(cuts.size(), chosen_cuts - 1);
  for (std::size_t i = 1; i <= more; ++i) cuts.push_back(size / (more + 1) * i + i);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

class Framed : public testing::TestWithParam<ServerKind> {
 protected:
  // Plays every transcript at every one of the cuts that `cuts_of` its number of bytes names.
  template <typename CutsOf>
  void expect_same_answer_at(CutsOf cuts_of) {
    std::size_t played = 0;
    for (const Transcript& transcript : transcripts()) {
      SCOPED_TRACE(transcript.name);
      const std::string bytes = load::sent_bytes(transcript);
      const std::string expected = load::expected_bytes(transcript);
      for (const Cuts& cuts : cuts_of(bytes.size())) {
        ASSERT_EQ(play_cut(server_, bytes, cuts, expected), "") << describe(cuts);
        ++played;
      }
    }
    EXPECT_GT(played, 0u);
    server_.expect_to_live_and_drain();
  }

  FramedServer server_{GetParam()};
};

TEST_P(Framed, AnswersEveryTranscript) {
  for (const Transcript& transcript : transcripts()) {
    SCOPED_TRACE(transcript.name);
    ASSERT_EQ(play(server_, transcript), "");
  }
  server_.expect_to_live_and_drain();
}

TEST_P(Framed, AnswersTheSameAtEverySingleCut) {
  expect_same_answer_at([](std::size_t size) {
    std::vector<Cuts> all;
    for (const std::size_t cut : single_cuts(size)) all.push_back({cut});
    return all;
  });
}

TEST_P(Framed, AnswersTheSameAtEveryPairOfCuts) {
  expect_same_answer_at([](std::size_t size) {
    std::vector<Cuts> all;
    if (size >= every_pair_bytes) return all;
    for (std::size_t first = 1; first < size; ++first) {
      for (std::size_t second = first + 1; second < size; ++second) all.push_back({first, second});
    }
    return all;
  });
}

TEST_P(Framed, AnswersTheSameByteByByte) {
  expect_same_answer_at([](std::size_t size) {
    Cuts everywhere;
    for (std::size_t cut = 1; cut < size && size <= every_cut_bytes_max; ++cut) {
      everywhere.push_back(cut);
    }
    return everywhere.empty() ? std::vector<Cuts>{} : std::vector<Cuts>{everywhere};
  });
}

INSTANTIATE_TEST_SUITE_P(Servers, Framed, testing::ValuesIn(framed_servers()), instance_name);

TEST(FramedTranscripts, SayWhatTheProtocolSays) {
  for (const Transcript& transcript : transcripts()) {
    bool inside = false;
    const std::string answer = "*" + framed_answer(inside, load::sent_bytes(transcript));
    EXPECT_EQ(difference(answer, load::expected_bytes(transcript)), "") << transcript.name;
  }
}

TEST(FramedTranscripts, AreCutAtBothEndsAndManyPlacesBetween) {
  EXPECT_EQ(single_cuts(3), (Cuts{1, 2}));
  EXPECT_TRUE(single_cuts(1).empty());
  const Cuts large = single_cuts(5'000'002);
  EXPECT_EQ(large.front(), 1u);
  EXPECT_EQ(large.back(), 5'000'001u);
  EXPECT_GE(large.size(), 40u);
  EXPECT_LE(large.size(), 60u);
}

}  // namespace
}  // namespace weir::test
