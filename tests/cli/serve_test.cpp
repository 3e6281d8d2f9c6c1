// Where `weir serve` listens, and how it says so.

#include <cstring>
#include <filesystem>
#include <netinet/in.h>
#include <regex>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

/// The first byte that comes over a connection to `address`; empty when there is no connection.
template <typename SocketAddress>
std::string greeting_of(const SocketAddress& address) {
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  const int fd = ::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  char greeting = 0;
  const bool greeted =
      ::connect(fd, generic, sizeof address) == 0 && ::recv(fd, &greeting, 1, 0) == 1;
  ::close(fd);
  return greeted ? std::string(1, greeting) : "";
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

sockaddr_in6 ipv6_loopback(std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(port);
  return address;
}

bool has_ipv6() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  const sockaddr_in6 any_port = ipv6_loopback(0);
  const bool bound =
      fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) == 0;
  if (fd >= 0) ::close(fd);
  return bound;
}

/// The line with which the server says that it accepts.
std::string banner_of(lab::Process& server) {
  const auto line = server.read_error_line(patience);
  if (!line) throw std::runtime_error("waited in vain for the server to accept");
  return *line;
}

/// The port that a banner names in an address that begins with `host`.
std::uint16_t port_in(const std::string& banner, const std::string& host) {
  const std::size_t at = banner.find(host + ":");
  if (at == std::string::npos) throw std::runtime_error("no port of " + host + " in " + banner);
  return static_cast<std::uint16_t>(std::stoul(banner.substr(at + host.size() + 1)));
}

void expect_to_drain(lab::Process& server) {
  server.signal(SIGTERM);
  EXPECT_EQ(finish(server).code, 0);
}

TEST(Serve, SaysInOneLineThatItAccepts) {
  lab::Process server = start_weir({"serve", "framed", "-l", "127.0.0.1:0", "-m", "thread"});
  const std::regex banner(
      R"(weir: framed on 127\.0\.0\.1:[1-9]\d*, model thread, 1 worker \(Ctrl-C drains\))");
  const std::string line = banner_of(server);
  EXPECT_TRUE(std::regex_match(line, banner)) << line;
  expect_to_drain(server);
}

TEST(Serve, SaysNothingWhenItIsQuiet) {
  const std::string path = fs::temp_directory_path() / fmt::format("weir_quiet_{}", ::getpid());
  lab::Process server = start_weir({"serve", "framed", "-q", "-l", "unix:" + path});
  while (greeting_of(unix_address(path)).empty()) {
    ASSERT_EQ(server.wait_for(std::chrono::milliseconds(5)), std::nullopt) << "it has ended";
  }
  server.signal(SIGTERM);
  const Said said = finish(server);
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.errors.empty()) << said;
}

TEST(Serve, ListensOnIpv6) {
  if (!has_ipv6()) GTEST_SKIP() << "this machine has no IPv6";
  lab::Process server = start_weir({"serve", "framed", "-l", "[::1]:0"});
  const std::uint16_t port = port_in(banner_of(server), "[::1]");
  EXPECT_EQ(greeting_of(ipv6_loopback(port)), "*");
  expect_to_drain(server);
}

TEST(Serve, ListensOnAPathAndTakesItAway) {
  const std::string path = fs::temp_directory_path() / fmt::format("weir_path_{}", ::getpid());
  for (const std::string& model : model_names()) {
    lab::Process server = start_weir({"serve", "framed", "-m", model, "-l", "unix:" + path});
    EXPECT_NE(banner_of(server).find(" on unix:" + path + ","), std::string::npos);
    EXPECT_EQ(greeting_of(unix_address(path)), "*");
    expect_to_drain(server);
    EXPECT_FALSE(fs::exists(path));
  }
}

TEST(Serve, TakesThePathOfAServerThatIsGoneButNotOfOneThatLives) {
  const std::string path = fs::temp_directory_path() / fmt::format("weir_stale_{}", ::getpid());
  const std::vector<std::string> words{"serve", "framed", "-l", "unix:" + path};
  {
    lab::Process killed = start_weir(words);
    banner_of(killed);
    killed.signal(SIGKILL);
    killed.wait();
  }
  ASSERT_TRUE(fs::exists(path));
  lab::Process server = start_weir(words);
  banner_of(server);

  const Said second = run_weir(words);
  EXPECT_EQ(second.code, 1);
  EXPECT_EQ(second.errors,
            std::vector<std::string>{fmt::format(
                "weir: unix:{} is in use; end that server, or take another path", path)});
  EXPECT_EQ(greeting_of(unix_address(path)), "*") << "the second has taken the first one's path";
  expect_to_drain(server);
}

TEST(Serve, ListensOnSeveralAddressesAtOnce) {
  const std::string path = fs::temp_directory_path() / fmt::format("weir_both_{}", ::getpid());
  for (const std::string& model : model_names()) {
    lab::Process server = start_weir({"serve", "framed", "-m", model, "-l", "127.0.0.1:0",
                                      "--listen", "unix:" + path, "-l", "127.0.0.1:0"});
    const std::string banner = banner_of(server);
    const std::uint16_t first = port_in(banner, "127.0.0.1");
    const std::uint16_t second =
        port_in(banner.substr(banner.find(fmt::format(":{}", first)) + 1), "127.0.0.1");
    EXPECT_NE(first, second) << banner;
    for (const std::uint16_t port : {first, second}) {
      EXPECT_EQ(Client("127.0.0.1", port).receive(1), "*") << banner;
    }
    EXPECT_EQ(greeting_of(unix_address(path)), "*");
    expect_to_drain(server);
  }
}

TEST(Serve, EndsOnSigintAsOnSigterm) {
  lab::Process server = start_weir({"serve", "framed", "-l", "127.0.0.1:0"});
  banner_of(server);
  server.signal(SIGINT);
  EXPECT_EQ(finish(server).code, 0);
}

}  // namespace
}  // namespace weir::test
