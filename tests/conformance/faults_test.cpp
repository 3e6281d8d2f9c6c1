// What clients and operators do to servers, and what every model must survive: the server lives,
// serves the others, keeps its memory, and ends with exit code 0 when asked to.

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t flood_bytes = std::size_t{100} << 20;
constexpr std::size_t growth_bytes_max = std::size_t{4} << 20;

// A client that sends 100 MB and never reads. It comes to a standstill long before the end: first
// the server's answers find no room, then the server stops reading, then the client's own kernel
// takes no more. Returns how much it could send.
std::size_t send_and_never_read(Client& client, std::size_t bytes_max = flood_bytes) {
  const std::string chunk(std::size_t{64} << 10, 'a');
  client.send_some("^");
  while (client.sent() < bytes_max) {
    // That nothing moves any more has no event of its own; 200 ms without any progress stand for
    // it. On a machine so busy that this is wrong the server is merely less stuck than it could be.
    if (client.send_some(chunk) == 0 && !client.writable_within(200ms)) break;
  }
  return client.sent();
}

bool is_concurrent(const ServerKind& kind) {
  return kind.serves == ServerKind::Serves::many_at_once;
}

class Faults : public testing::TestWithParam<ServerKind> {};

// Where there are many clients at once, as iterative by its nature has not.
class Crowds : public testing::TestWithParam<ServerKind> {};

// What only weir promises: its time-outs are options.
class Timeouts : public testing::TestWithParam<ServerKind> {};

template <typename Wanted>
std::vector<ServerKind> servers_that(Wanted wanted) {
  std::vector<ServerKind> kinds = framed_servers();
  std::erase_if(kinds, [&](const ServerKind& kind) { return !wanted(kind); });
  return kinds;
}

bool is_weir(const ServerKind& kind) {
  return kind.maker == ServerKind::Maker::weir;
}

INSTANTIATE_TEST_SUITE_P(Servers, Faults, testing::ValuesIn(framed_servers()), instance_name);
INSTANTIATE_TEST_SUITE_P(Servers, Crowds, testing::ValuesIn(servers_that(is_concurrent)),
                         instance_name);
INSTANTIATE_TEST_SUITE_P(Servers, Timeouts, testing::ValuesIn(servers_that(is_weir)),
                         instance_name);

TEST_P(Faults, SurvivesAResetInMidMessage) {
  FramedServer server(GetParam());
  for (int i = 0; i < 20; ++i) {
    Client client = server.connect();
    client.send("^ab");
    EXPECT_EQ(client.receive(2), "bc");
    client.send("c");  // whether this is still answered or not
    client.reset();
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, SurvivesAResetWhileItSends) {
  FramedServer server(GetParam());
  for (int i = 0; i < 3; ++i) {
    Client client = server.connect();
    EXPECT_LT(send_and_never_read(client), flood_bytes);
    client.reset();
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, SurvivesPortProbes) {
  FramedServer server(GetParam());
  for (int i = 0; i < 50; ++i) {
    const Client closed_at_once = server.connect_silently();
    server.connect_silently().reset();
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, AnswersACompleteMessageAfterAHalfClose) {
  FramedServer server(GetParam());
  for (int i = 0; i < 20; ++i) {
    Client client = server.connect_silently();
    client.send("^abc$");
    client.finish();
    EXPECT_EQ(client.receive_to_end(), "*bcd");
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, AnswersALargeMessageAfterAHalfCloseToASlowReader) {
  // The answer doesn't fit into the kernel's buffers: most of it is sent after the half-close.
  FramedServer server(GetParam());
  Client client = server.connect({.socket_buffer_bytes = 16 << 10});
  const std::string message(std::size_t{1} << 20, 'a');
  client.send("^" + message);
  client.finish();
  EXPECT_EQ(difference(std::string(message.size(), 'b'), client.receive_to_end()), "");
  server.expect_to_live_and_drain();
}

TEST_P(Faults, AnswersOneByteWrites) {
  FramedServer server(GetParam());
  Client client = server.connect();
  bool inside = false;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    for (const char byte : std::string_view("x^ab^$")) client.send({&byte, 1});
    expected += framed_answer(inside, "x^ab^$");
  }
  client.finish();
  EXPECT_EQ(difference(expected, client.receive_to_end()), "");
  server.expect_to_live_and_drain();
}

TEST_P(Faults, KeepsItsMemoryAndServesOthersWhenAClientNeverReads) {
  FramedServer server(GetParam());
  server.expect_to_serve();  // what is made once is made
  const std::size_t before = server.resident_bytes();
  Client stuck = server.connect();
  EXPECT_LT(send_and_never_read(stuck), flood_bytes) << "the server reads on and on";
  EXPECT_LT(server.resident_bytes(), before + growth_bytes_max);
  if (is_concurrent(GetParam())) {
    for (int i = 0; i < 10; ++i) server.expect_to_serve();
    EXPECT_LT(server.resident_bytes(), before + growth_bytes_max);
  }
  stuck.reset();  // an iterative server goes on only now: `expect_to_serve` waits for that
  server.expect_to_live_and_drain();
}

TEST_P(Faults, GoesOnWhereItStoodWhenAStuckClientReadsAtLast) {
  FramedServer server(GetParam());
  Client client = server.connect();
  const std::size_t sent = send_and_never_read(client);
  ASSERT_GT(sent, 1u);
  client.finish();
  EXPECT_EQ(difference(std::string(sent - 1, 'b'), client.receive_to_end()), "");
  server.expect_to_live_and_drain();
}

TEST_P(Crowds, ServesMoreClientsThanSelectCould) {
  constexpr std::size_t clients = 1200;
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max < clients + 100) GTEST_SKIP() << "the file limit here is too low";
  const rlimit before = files;
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  {
    FramedServer server(GetParam());
    std::vector<Client> all;
    for (std::size_t i = 0; i < clients; ++i) all.push_back(server.connect());
    for (Client& client : all) client.send("^abc$");
    for (Client& client : all) ASSERT_EQ(client.receive(3), "bcd");
    all.clear();
    server.expect_to_live_and_drain();
  }
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST_P(Crowds, SurvivesRunningOutOfDescriptors) {
  FramedServer server(GetParam());
  server.expect_to_serve();
  const rlimit few{24, 24};
  ASSERT_EQ(prlimit(server.process().pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  {
    Client served = server.connect();
    std::vector<Client> crowd;  // more than it can hold: some wait, or are closed
    for (int i = 0; i < 50; ++i) crowd.push_back(server.connect_silently());
    served.send("^abc$");
    EXPECT_EQ(served.receive(3), "bcd");
  }
  server.expect_to_live_and_drain();
}

// A client that sends request after request, until the server ends the connection.
class RequestLoop {
 public:
  explicit RequestLoop(Client client)
      : thread_([this, client = std::move(client)]() mutable {
          try {
            run(client);
          } catch (const std::system_error&) {
            // A reset: the request crossed the server's end on its way.
          }
        }) {}
  ~RequestLoop() { thread_.join(); }
  RequestLoop(const RequestLoop&) = delete;
  RequestLoop& operator=(const RequestLoop&) = delete;

  // Waits until this client has been served some times, or has come to its end.
  void wait_until_served() const { served_.wait(0); }

 private:
  void run(Client& client) {
    std::string answer = client.receive(1);
    for (int round = 1; !answer.empty(); ++round) {
      client.send("^abc$");
      answer = client.receive(3);
      EXPECT_EQ(answer, std::string_view("bcd").substr(0, answer.size()));
      if (round == 10) mark_served();
    }
    mark_served();
  }

  void mark_served() {
    served_ = 1;
    served_.notify_all();
  }

  std::atomic<int> served_ = 0;
  std::thread thread_;
};

TEST_P(Faults, DrainsUnderLoad) {
  FramedServer server(GetParam());
  {
    std::vector<std::unique_ptr<RequestLoop>> loops;
    for (int i = 0; i < 8; ++i) {
      loops.push_back(std::make_unique<RequestLoop>(server.connect_silently()));
    }
    const std::size_t served = is_concurrent(GetParam()) ? loops.size() : 1;
    for (std::size_t i = 0; i < served; ++i) loops[i]->wait_until_served();
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait_for(patience), 0);
  }
  EXPECT_THROW(server.connect_silently(), std::system_error) << "something still listens";
}

TEST_P(Faults, DrainsWithIdleClients) {
  FramedServer server(GetParam());
  Client idle = server.connect();
  Client amid = is_concurrent(GetParam()) ? server.connect() : server.connect_silently();
  amid.send("^ab");
  if (is_concurrent(GetParam())) amid.wait_until_taken();
  server.process().signal(SIGINT);
  EXPECT_EQ(server.process().wait_for(patience), 0);
  EXPECT_EQ(idle.receive_to_end(), "");
}

TEST_P(Faults, ASecondSignalEndsAStuckClientAtOnce) {
  FramedServer server(GetParam());
  Client stuck = server.connect();
  send_and_never_read(stuck);
  server.process().signal(SIGTERM);
  server.wait_until_signal_taken(SIGTERM);
  std::optional<int> code;
  // Once is enough, but for ThreadSanitizer, which holds back a signal that comes just before a
  // system call blocks until another one wakes it.
  for (int i = 0; i < 4 && !code; ++i) {
    server.process().signal(SIGTERM);
    code = server.process().wait_for(5s);
  }
  EXPECT_EQ(code, 0);  // and not only when the 30 s of grace are over
}

TEST_P(Timeouts, TheDrainTimeoutEndsAStuckClient) {
  FramedServer server(GetParam(), {"--drain-timeout", "1s", "--write-timeout", "600s"});
  Client stuck = server.connect();
  send_and_never_read(stuck);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait_for(20s), 0);
}

TEST_P(Timeouts, TheIdleTimeoutEndsASilentClient) {
  FramedServer server(GetParam(), {"--idle-timeout", "100ms"});
  Client silent = server.connect();
  Client silent_in_mid_message = server.connect();
  silent_in_mid_message.send("^a");
  silent.wait_for_end();
  silent_in_mid_message.wait_for_end();
  server.expect_to_live_and_drain();
}

TEST_P(Timeouts, TheWriteTimeoutEndsAStuckClient) {
  FramedServer server(GetParam(), {"--write-timeout", "300ms", "--idle-timeout", "600s"});
  Client stuck = server.connect();
  try {
    send_and_never_read(stuck);
  } catch (const std::system_error&) {
    // It was quicker than the client's own standstill.
  }
  stuck.wait_until_dropped();
  server.expect_to_live_and_drain();
}

}  // namespace
}  // namespace weir::test
