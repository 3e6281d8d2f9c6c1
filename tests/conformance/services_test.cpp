// Every server gives the same bytes for every transcript of its service, however the bytes are cut
// up on the way.

#include <algorithm>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/transcripts.hpp"

namespace weir::test {
namespace {

using load::Transcript;

// Of transcripts that send less, every pair of cuts is tried, too.
constexpr std::size_t every_pair_bytes = 40;
// Of those that send no more, every byte is sent by itself as well.
constexpr std::size_t byte_by_byte_bytes_max = 1024;
// Sanitizers make a conversation ten times as long, and more: with them, some of the cuts are played.
#if defined(__SANITIZE_THREAD__)
constexpr std::size_t stride = 50;
#elif defined(__SANITIZE_ADDRESS__)
constexpr std::size_t stride = 30;
#else
constexpr std::size_t stride = 1;
#endif
// A worker is the same code as a server without any, and the servers by hand are the benchmarks': there
// some will do, unless WEIR_EVERY_CUT is set.
constexpr std::size_t stride_of_others = 5;
// No more than any server serves at once.
constexpr std::size_t clients_side_by_side = 8;

std::size_t framed_answered(std::string_view sent) {
  bool inside = false;
  return 1 + framed_answer(inside, sent).size();
}

std::string in_transcripts(const std::string& file) {
  return std::string(WEIR_SOURCE_DIR) + "/tests/transcripts/" + file;
}

const ServiceCase framed{"framed", "framed", {}, {}, framed_answered};
const ServiceCase prime{"prime", "prime"};
// Dividing numbers of 64 bits takes half a minute each.
const ServiceCase naive_prime{"prime", "prime", {"--naive"}, {"large"}};
const ServiceCase wordgame{
    "wordgame", "wordgame", {"--words", in_transcripts("wordgame/words"), "--word-seed", "3"}};

const ServiceCase work{"work", "work"};

/// A server of a service.
struct Served {
  ServiceCase service;
  ServerKind kind;
};

std::ostream& operator<<(std::ostream& out, const Served& served) {
  return out << served.service.service << " by " << served.kind.name;
}

std::vector<Served> by_each_of(const std::vector<ServerKind>& kinds, const ServiceCase& service) {
  std::vector<Served> all;
  for (const ServerKind& kind : kinds) all.push_back({service, kind});
  return all;
}

std::vector<Served> by_weir(const ServiceCase& service) {
  return by_each_of(weir_servers(service.service), service);
}

std::string served_name(const testing::TestParamInfo<Served>& info) {
  return info.param.kind.name;  // by it ctest finds all that one server must do
}

std::size_t stride_for(const ServerKind& kind) {
  const bool workers = kind.name.ends_with("_shard") || kind.name.ends_with("_share");
  const bool every_cut = std::getenv("WEIR_EVERY_CUT") != nullptr;
  return (workers || !is_made_by_weir(kind)) && !every_cut ? stride * stride_of_others : stride;
}

class Services : public testing::TestWithParam<Served> {
 protected:
  // Plays every transcript at every one of the cuts that `cuts_of` its number of bytes names.
  template <typename CutsOf>
  void expect_same_answer_at(CutsOf cuts_of) {
    std::size_t played = 0;
    for (const Transcript& transcript : service_.transcripts()) {
      SCOPED_TRACE(transcript.name);
      const std::string bytes = load::sent_bytes(transcript);
      const std::string expected = load::expected_bytes(transcript);
      std::vector<Cuts> all;
      const std::vector<Cuts> named = cuts_of(bytes.size());
      for (std::size_t i = 0; i < named.size(); i += stride_) all.push_back(named[i]);
      for (std::size_t from = 0; from < all.size(); from += side_by_side_) {
        const auto some = std::span(all).subspan(from, std::min(side_by_side_, all.size() - from));
        ASSERT_EQ(play_cuts(server_, service_, bytes, some, expected), "");
        played += some.size();
      }
    }
    EXPECT_GT(played, 0u);
    expect_to_live_and_drain();
  }

  void expect_to_live_and_drain() {
    ASSERT_NO_FATAL_FAILURE(server_.expect_to_live());
    server_.expect_to_drain();
  }

  const ServiceCase service_ = GetParam().service;
  RunningServer server_{GetParam().kind, service_.options};
  const std::size_t stride_ = stride_for(GetParam().kind);
  const std::size_t side_by_side_ = serves_many_at_once(GetParam().kind) ? clients_side_by_side : 1;
};

TEST_P(Services, AnswerEveryTranscript) {
  for (const Transcript& transcript : service_.transcripts()) {
    SCOPED_TRACE(transcript.name);
    ASSERT_EQ(play(server_.connect_silently(), transcript), "");
  }
  expect_to_live_and_drain();
}

TEST_P(Services, AnswerTheSameAtEverySingleCut) {
  expect_same_answer_at([](std::size_t size) {
    std::vector<Cuts> all;
    for (const std::size_t cut : single_cuts(size)) all.push_back({cut});
    return all;
  });
}

TEST_P(Services, AnswerTheSameAtEveryPairOfCuts) {
  expect_same_answer_at([](std::size_t size) {
    std::vector<Cuts> all;
    if (size >= every_pair_bytes) return all;
    for (std::size_t first = 1; first < size; ++first) {
      for (std::size_t second = first + 1; second < size; ++second) all.push_back({first, second});
    }
    return all;
  });
}

TEST_P(Services, AnswerTheSameByteByByte) {
  expect_same_answer_at([](std::size_t size) {
    Cuts everywhere;
    for (std::size_t cut = 1; cut < size && size <= byte_by_byte_bytes_max; ++cut) {
      everywhere.push_back(cut);
    }
    return everywhere.empty() ? std::vector<Cuts>{} : std::vector<Cuts>{everywhere};
  });
}

INSTANTIATE_TEST_SUITE_P(Framed, Services, testing::ValuesIn(by_each_of(framed_servers(), framed)),
                         served_name);
INSTANTIATE_TEST_SUITE_P(Prime, Services, testing::ValuesIn(by_weir(prime)), served_name);
INSTANTIATE_TEST_SUITE_P(NaivePrime, Services, testing::ValuesIn(by_weir(naive_prime)),
                         served_name);
INSTANTIATE_TEST_SUITE_P(Wordgame, Services, testing::ValuesIn(by_weir(wordgame)), served_name);
INSTANTIATE_TEST_SUITE_P(Work, Services, testing::ValuesIn(by_weir(work)), served_name);

TEST(FramedTranscripts, SayWhatTheProtocolSays) {
  for (const Transcript& transcript : framed.transcripts()) {
    bool inside = false;
    const std::string answer = "*" + framed_answer(inside, load::sent_bytes(transcript));
    EXPECT_EQ(difference(answer, load::expected_bytes(transcript)), "") << transcript.name;
  }
}

TEST(Transcripts, AreCutAtBothEndsAndManyPlacesBetween) {
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
