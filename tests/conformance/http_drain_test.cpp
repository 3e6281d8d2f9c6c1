// A web server that drains tells those whom it still answers.
#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_answers.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

/// A server that says something to one client once it is told to.
class Other {
 public:
  Other() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 1) != 0 ||
        ::getsockname(listener_, any, &size) != 0) {
      throw std::system_error(errno, std::system_category(), "listen");
    }
    port_ = ntohs(address.sin_port);
  }
  ~Other() {
    ::close(connection_);
    ::close(listener_);
  }
  Other(const Other&) = delete;
  Other& operator=(const Other&) = delete;

  int port() const { return port_; }
  void wait_until_asked() { connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); }
  void say(const std::string& text) const {
    EXPECT_EQ(::send(connection_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

 private:
  const int listener_;
  int connection_ = -1;
  int port_ = 0;
};

class HttpDrain : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  }

  RunningServer server_{{.name = "asking",
                         .argv = {built_path("tests/programs/asking"), "serve", "-l", "127.0.0.1:0",
                                  "-m", GetParam()},
                         .maker = ServerKind::Maker::weir,
                         .serves = ServerKind::Serves::many_at_once}};

  /// The thread of `iterative` is with its client, and closes the listener only afterwards; but its
  /// signal handler has told the session.
  void begin_to_drain() {
    server_.process().signal(SIGTERM);
    server_.wait_until_signal_taken(SIGTERM);
    if (GetParam() == "iterative") return;
    try {
      // With longer and longer pauses: `fork` takes who queues, and they are not to come faster.
      for (std::chrono::milliseconds pause{1};; pause *= 2) {
        server_.connect_silently();
        std::this_thread::sleep_for(pause);
      }
    } catch (const std::system_error&) {
      // Nobody is accepted any more.
    }
  }
};

TEST_P(HttpDrain, IsToldToWhoIsStillAnswered) {
  Other other;
  Client client = server_.connect_silently();
  client.send("GET /well HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(receive_answer(client).has("Connection: close"));
  client.send(fmt::format("GET /ask/{} HTTP/1.1\r\nHost: a\r\n\r\n", other.port()));
  other.wait_until_asked();
  begin_to_drain();
  other.say("at last");
  const HttpAnswer answer = receive_answer(client);
  EXPECT_EQ(answer.body, "at last");
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_EQ(client.wait_for_end(), Client::Ending::closed);
  EXPECT_EQ(server_.process().wait_for(patience), 0);
}

/// What had come before is answered as well, and only the last answer says that it is the last.
TEST_P(HttpDrain, ComesBehindTheRequestsThatHadCome) {
  Other other;
  Client client = server_.connect_silently();
  const std::string well = "GET /well HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(fmt::format("GET /ask/{} HTTP/1.1\r\nHost: a\r\n\r\n", other.port()) + well + well);
  other.wait_until_asked();
  begin_to_drain();
  other.say("at last");
  const std::vector<HttpAnswer> answers = http_answers(client.receive_to_end());
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_FALSE(answers[0].has("Connection: close"));
  EXPECT_FALSE(answers[1].has("Connection: close"));
  EXPECT_TRUE(answers[2].has("Connection: close"));
  EXPECT_EQ(server_.process().wait_for(patience), 0);
}

/// A request that comes too late is no reason to reset a connection, and so to take the answer back.
TEST_P(HttpDrain, TakesNothingBackFromWhoHasAskedOn) {
  Other other;
  Client client = server_.connect_silently();
  client.send(fmt::format("GET /ask/{} HTTP/1.1\r\nHost: a\r\n\r\n", other.port()));
  other.wait_until_asked();
  client.send("GET /well HTTP/1.1\r\nHost: a\r\n\r\n");
  begin_to_drain();
  other.say("at last");
  EXPECT_EQ(receive_answer(client).body, "at last");
  EXPECT_EQ(client.wait_for_end(), Client::Ending::closed);
  EXPECT_EQ(server_.process().wait_for(patience), 0);
}

INSTANTIATE_TEST_SUITE_P(Models, HttpDrain, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
