// What a transcript tells of a service's clients: played against servers that keep to it and
// servers that don't, each under a model of its own, over real sockets.
#include "load/scripted.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/work.hpp"
#include "models/models.hpp"

namespace weir::load {
namespace {

constexpr const char* talk =
    "expect \"hello\\n\"\n"
    "send \"abc\\n\"\n"
    "pause 1ms\n"
    "expect \"ABC\\n\"\n"
    "send \"rest\"\n"
    "finish\n"
    "expect \"REST\\n\"\n"
    "end\n";

Service with(const std::string& transcript) {
  Service service{.name = "shout", .session = [](Stream&) -> Task<> { co_return; }};
  service.transcript = transcript;
  apply_transcript(service);
  return service;
}

/// A server that answers complete lines in capitals, and as `half_close` says what is left then.
enum class HalfClose { answers, forgets, lies, adds };

Task<> shout(Stream& peer, HalfClose half_close) {
  co_await peer.write("hello\n");
  std::string line;
  while (Bytes bytes = co_await peer.read()) {
    for (const char c : bytes) {
      line += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      if (c != '\n') continue;
      co_await peer.write(line);
      line.clear();
    }
  }
  if (half_close == HalfClose::forgets) co_return;
  if (half_close == HalfClose::lies) line.front() = 'x';
  if (!line.empty()) co_await peer.write(line, "\n");
  if (half_close == HalfClose::adds) co_await peer.write("bye");
}

using Side = std::function<Task<>(Stream& server)>;

Task<> connect_and_play(Io& io, Address address, const Side& side, std::string& failure,
                        Stop& stop) {
  Connected server = co_await io.connect(address);
  try {
    co_await side(*server.stream);
  } catch (const ProtocolError& error) {
    failure = error.what();
  }
  stop.request();
}

/// Plays the client's `side` against the server. Returns what was wrong with it, or "".
std::string played(const Side& side, HalfClose half_close = HalfClose::answers) {
  Stop stop;
  Work work(stop, Limits{});
  work.listeners.emplace_back(Address::parse("127.0.0.1:0"), 16);
  const Address address = work.listeners.front().address();
  work.session = [half_close](Stream& peer) { return shout(peer, half_close); };
  std::string failure;
  work.begin_with.push_back(
      [&](Io& io) { return connect_and_play(io, address, side, failure, stop); });
  make_epoll(Trigger::edge)->serve(work);
  return failure;
}

/// The whole of a loading client, with so many requests.
Task<> play_exchanges(Stream& server, const Exchanges& exchanges, int requests) {
  const auto exchange = exchanges.make(0);
  co_await exchanges.greet(server);
  for (int i = 0; i < requests; ++i) co_await exchange(server);
  if (exchanges.close) co_await exchanges.close(server);
}

Task<> play_client(Stream& server, const Service& service, std::vector<std::string>& log) {
  Script script;
  script.log = [&log](std::string_view what, std::string_view bytes) {
    log.push_back(std::string(what) + (bytes.empty() ? "" : " ") + std::string(bytes));
  };
  co_await service.client(server, script);
}

TEST(Scripted, RepeatsWhatComesBeforeTheHalfCloseAndClosesOnce) {
  const Service service = with(talk);
  for (const int requests : {0, 1, 3}) {
    const std::string failure =
        played([&](Stream& server) { return play_exchanges(server, service.exchanges, requests); });
    EXPECT_EQ(failure, "") << requests;
  }
  EXPECT_EQ(service.exchanges.request_bytes, 4u);
}

TEST(Scripted, ClientSaysWhatHappens) {
  const Service service = with(talk);
  std::vector<std::string> log;
  const std::string failure =
      played([&](Stream& server) { return play_client(server, service, log); });
  EXPECT_EQ(failure, "");
  EXPECT_EQ(log, (std::vector<std::string>{"connected...", "received hello\n", "sending abc\n",
                                           "received ABC\n", "sending rest", "finishing",
                                           "received REST\n", "disconnected"}));
}

TEST(Scripted, FindsWhatTheServerDoesWrongAtTheHalfClose) {
  const Service service = with(talk);
  const auto failure_of = [&](HalfClose half_close) {
    return played([&](Stream& server) { return play_exchanges(server, service.exchanges, 1); },
                  half_close);
  };
  EXPECT_EQ(failure_of(HalfClose::forgets),
            "the server has ended, and more was to come (line 7 of the transcript)");
  EXPECT_EQ(
      failure_of(HalfClose::lies),
      "the server answered \"xEST\\n\", where \"REST\\n\" was due (line 7 of the transcript)");
}

TEST(Scripted, FindsWhatTheServerAdds) {
  const Service service = with(talk);
  const std::string failure =
      played([&](Stream& server) { return play_exchanges(server, service.exchanges, 1); },
             HalfClose::adds);
  // It may come with the last answer or after it.
  const std::string sentence = "the server answered \"bye\", where nothing was due (line ";
  EXPECT_EQ(failure.substr(0, sentence.size()), sentence) << failure;
}

TEST(Scripted, TakesAnswersThatComeBeforeTheyAreExpected) {
  const Service service = with(
      "expect \"hello\\n\"\nsend \"a\\nb\\n\"\nexpect \"A\\n\"\nsend \"c\\n\"\n"
      "expect \"B\\nC\\n\"\n");
  EXPECT_EQ(played([&](Stream& server) { return play_exchanges(server, service.exchanges, 2); }),
            "");
  EXPECT_FALSE(service.exchanges.close);
}

TEST(Scripted, AConversationThatTheServerEndsIsClosedByItsLastRequest) {
  const Service service = with(
      "send \"a\"\nexpect \"A\"\nsend \"b\"\nexpect \"B\"\nsend \"quit\"\nexpect \"bye\"\nend\n");
  EXPECT_EQ(service.exchanges.request_bytes, 2u);
  EXPECT_TRUE(service.exchanges.close);
}

TEST(Scripted, NothingIsRepeatedWhereNothingCanBe) {
  for (const char* text : {"expect \"now\"\nend\n", "send \"a\"\nexpect \"A\"\nend\n",
                           "send \"a\"\nfinish\nexpect \"A\"\nend\n"}) {
    const Service service = with(text);
    EXPECT_FALSE(service.exchanges.make) << text;
    EXPECT_TRUE(service.client) << text;
  }
}

TEST(Scripted, LeavesAServiceItsOwnClients) {
  Service service{.name = "own", .session = [](Stream&) -> Task<> { co_return; }};
  service.exchanges.make = [](std::size_t) { return Side{}; };
  service.exchanges.request_bytes = 7;
  service.transcript = talk;
  apply_transcript(service);
  EXPECT_EQ(service.exchanges.request_bytes, 7u);
  EXPECT_FALSE(service.exchanges.close);
  EXPECT_TRUE(service.client);
}

TEST(Scripted, SaysWhereATranscriptIsWrong) {
  try {
    with("send \"a\"\nsned \"b\"\n");
    FAIL() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "the transcript of 'shout':2: there is no step 'sned' (only send, expect, pause, "
                 "finish, end)");
  }
}

TEST(Scripted, CanBePipelinedWhereARequestIsWholeBeforeItsAnswer) {
  const std::string one = "expect \"hello\\n\"\nsend \"abc\\n\"\nexpect \"ABC\\n\"\n";
  const Exchanges whole = with(one).exchanges;
  ASSERT_TRUE(whole.answers);
  EXPECT_EQ(whole.answers("abc\n")("ABC\nABC\nAB"), 2u);
  EXPECT_FALSE(with(one + "send \"d\\n\"\nexpect \"D\\n\"\n").exchanges.answers);
}

}  // namespace
}  // namespace weir::load
