// A two-way copy through a chain of three processes: two relays in front of the framed server, 40
// MB both ways at once. With `write` instead of `wait` and `write_some` it would stand still. And through
// one that is as slow as a network.
#include <algorithm>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

std::string address_of(const lab::Server& server) {
  return server.host + ":" + std::to_string(server.port);
}

/// Sends `size` bytes of one message while it reads the answer, which is checked byte for byte.
std::size_t exchange_both_ways(int fd, std::size_t size) {
  const std::string chunk(1 << 16, 'a');
  std::vector<char> room(1 << 16);
  std::size_t sent = 0;
  std::size_t answered = 0;
  while (answered < size) {
    pollfd watched{fd, static_cast<short>(sent < size ? POLLIN | POLLOUT : POLLIN), 0};
    if (::poll(&watched, 1, 30'000) <= 0) break;  // nothing moves any more
    if (watched.revents & POLLOUT) {
      const ssize_t count = ::send(fd, chunk.data(), std::min(chunk.size(), size - sent),
                                   MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count > 0) sent += static_cast<std::size_t>(count);
    }
    if (watched.revents & (POLLIN | POLLHUP)) {
      const ssize_t count = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT);
      if (count <= 0) break;
      for (ssize_t i = 0; i < count; ++i) {
        if (room[static_cast<std::size_t>(i)] != 'b') return 0;
      }
      answered += static_cast<std::size_t>(count);
    }
  }
  return answered;
}

lab::Server relay_to(const lab::Server& next, const std::vector<std::string>& more) {
  std::vector<std::string> words{weir_path(),      "serve", "relay",      "--to",
                                 address_of(next), "-l",    "127.0.0.1:0"};
  words.insert(words.end(), more.begin(), more.end());
  return lab::start_server(words);
}

/// Of `size` bytes each way, and of a half-close at the end.
void expect_passage(const lab::Server& relay, std::size_t size) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(relay.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  char greeting = 0;
  ASSERT_EQ(::recv(fd, &greeting, 1, MSG_WAITALL), 1);
  ASSERT_EQ(greeting, '*');
  ASSERT_EQ(::send(fd, "^", 1, MSG_NOSIGNAL), 1);
  EXPECT_EQ(exchange_both_ways(fd, size), size);

  // A half-close goes through, and so does the server's answer to it.
  ::shutdown(fd, SHUT_WR);
  EXPECT_EQ(::recv(fd, &greeting, 1, 0), 0);
  ::close(fd);
}

class Relay : public testing::TestWithParam<std::string> {};

TEST_P(Relay, CarriesFortyMegabytesBothWaysThroughThreeProcesses) {
  constexpr std::size_t size = 40'000'000;
  const std::string model = GetParam();
  if (is_left_out(model)) GTEST_SKIP() << "weir was built without its library";
  const lab::Server server =
      lab::start_server({weir_path(), "serve", "framed", "-l", "127.0.0.1:0", "-m", model});
  const lab::Server second = relay_to(server, {"-m", model});
  const lab::Server first = relay_to(second, {"-m", model});
  expect_passage(first, size);
}

TEST_P(Relay, CarriesFourMegabytesBothWaysAsASlowNetworkDoes) {
  constexpr std::size_t size = 4'000'000;
  const std::string model = GetParam();
  if (is_left_out(model)) GTEST_SKIP() << "weir was built without its library";
  const lab::Server server =
      lab::start_server({weir_path(), "serve", "framed", "-l", "127.0.0.1:0"});
  const lab::Server relay =
      relay_to(server, {"-m", model, "--delay", "2ms", "--bandwidth", "20MB/s"});
  expect_passage(relay, size);
}

TEST_P(Relay, LetsWhoIsFarAwayWait) {
  const std::string model = GetParam();
  if (is_left_out(model)) GTEST_SKIP() << "weir was built without its library";
  const lab::Server server =
      lab::start_server({weir_path(), "serve", "framed", "-l", "127.0.0.1:0"});
  const lab::Server relay = relay_to(server, {"-m", model, "--delay", "10s"});
  Client far(relay.host, relay.port);
  Client near(server.host, server.port);
  near.send("^a$");
  EXPECT_EQ(near.receive(2), "*b");
  EXPECT_FALSE(far.has_answer());  // its greeting has ten seconds to go
}

INSTANTIATE_TEST_SUITE_P(Models, Relay, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
