// How servers end, and how they end connections that don't move: signals and time-outs.

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <signal.h>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

class Drain : public testing::TestWithParam<ServerKind> {};

// What only weir promises: its time-outs are options.
class Timeouts : public testing::TestWithParam<ServerKind> {};

INSTANTIATE_TEST_SUITE_P(Servers, Drain, testing::ValuesIn(framed_servers()), instance_name);
INSTANTIATE_TEST_SUITE_P(Servers, Timeouts, testing::ValuesIn(framed_servers(is_made_by_weir)),
                         instance_name);

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

TEST_P(Drain, EndsUnderLoad) {
  FramedServer server(GetParam());
  {
    std::vector<std::unique_ptr<RequestLoop>> loops;
    for (int i = 0; i < 8; ++i) {
      loops.push_back(std::make_unique<RequestLoop>(server.connect_silently()));
    }
    const std::size_t served = serves_many_at_once(GetParam()) ? loops.size() : 1;
    for (std::size_t i = 0; i < served; ++i) loops[i]->wait_until_served();
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait_for(patience), 0);
  }
  EXPECT_THROW(server.connect_silently(), std::system_error) << "something still listens";
}

// So many clients that come again and again that somebody always queues don't put the end off.
TEST_P(Drain, EndsThoughOthersComeAllTheTime) {
  if (!is_made_by_weir(GetParam())) GTEST_SKIP() << "those by hand take whoever comes";
  FramedServer server(GetParam());
  std::vector<lab::Process> loads;
  for (int i = 0; i < 2; ++i) {
    loads.push_back(lab::Process::start({weir_path(), "load",
                                         fmt::format("framed://127.0.0.1:{}", server.port()), "-q",
                                         "--churn", "-c", "500", "-d", "60s"}));
  }
  std::this_thread::sleep_for(700ms);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait_for(20s), 0) << "and not when the 30 s of grace are over";
}

TEST_P(Drain, EndsIdleClients) {
  FramedServer server(GetParam());
  Client idle = server.connect();
  Client amid = serves_many_at_once(GetParam()) ? server.connect() : server.connect_silently();
  amid.send("^ab");
  if (serves_many_at_once(GetParam())) amid.wait_until_taken();
  server.process().signal(SIGINT);
  EXPECT_EQ(server.process().wait_for(patience), 0);
  EXPECT_EQ(idle.receive_to_end(), "");
}

TEST_P(Drain, ASecondSignalEndsAStuckClientAtOnce) {
  FramedServer server(GetParam());
  Client stuck = server.connect();
  stuck.send_and_never_read(flood_bytes);
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
  stuck.send_and_never_read(flood_bytes);
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
    stuck.send_and_never_read(flood_bytes);
  } catch (const std::system_error&) {
    // It was quicker than the client's own standstill.
  }
  stuck.wait_until_dropped();
  server.expect_to_live_and_drain();
}

}  // namespace
}  // namespace weir::test
