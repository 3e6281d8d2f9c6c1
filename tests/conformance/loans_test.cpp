// The bound on read buffers: clients that never read hold one each, and when none is left the one
// that has made no progress for the longest is reset, so that the others are served on.
#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>

#include "support/scratch.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

bool lends_from_a_pool(const ServerKind& kind) {
  constexpr std::array<std::string_view, 8> names{"weir_fiber", "weir_select",      "weir_poll",
                                                  "weir_epoll", "weir_epoll_level", "weir_uring",
                                                  "weir_uv",    "weir_asio"};
  return std::find(names.begin(), names.end(), kind.name) != names.end();
}

TEST(Loans, RunOutAndTheOneLongestWithoutProgressMakesRoom) {
  for (const ServerKind& kind : framed_servers()) {
    if (!lends_from_a_pool(kind)) continue;
    FramedServer server(kind, {"--loan-memory", "128KiB"});  // two buffers
    std::vector<Client> stuck;
    for (int i = 0; i < 6; ++i) {
      stuck.push_back(server.connect());
      stuck.back().send_and_never_read(16 << 20);
    }
    server.expect_to_serve();  // a buffer is found for it
    server.expect_to_serve();
    EXPECT_EQ(server.process().wait_for(std::chrono::milliseconds(0)), std::nullopt);
  }
}

TEST(Loans, OfThoseWhoTakeNoFileMakeRoomAsWell) {
  const Scratch root;
  std::ofstream(root.path() + "/large") << std::string(std::size_t{16} << 20, 'x');
  std::ofstream(root.path() + "/small") << "small";
  for (const ServerKind& kind : weir_servers("http")) {
    if (!lends_from_a_pool(kind)) continue;
    SCOPED_TRACE(kind.name);
    std::vector<std::string> argv = kind.argv;
    argv.insert(argv.end(), {"--root", root.path(), "--loan-memory", "128KiB"});  // two buffers
    const lab::Server server = lab::start_server(argv);
    std::vector<Client> stuck;
    for (int i = 0; i < 4; ++i) {
      stuck.emplace_back(server.host, server.port,
                         Client::Options{.socket_buffer_bytes = 16 << 10});
      stuck.back().send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    Client other(server.host, server.port);
    other.send("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(other.receive(15), "HTTP/1.1 200 OK");
  }
}

/// Clients that send until nothing moves any more, and never read.
std::vector<Client> stuck_clients(const FramedServer& server, int count) {
  const std::string chunk(std::size_t{64} << 10, 'a');
  std::vector<Client> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(server.connect({.socket_buffer_bytes = 16 << 10}));
    clients.back().send_some("^");
  }
  for (int pass = 0; pass < 3; ++pass) {
    for (Client& client : clients) {
      while (client.send_some(chunk) != 0) continue;
    }
    clients.back().send_and_never_read(flood_bytes);  // takes until it stands still
  }
  return clients;
}

// Their buffers are lent for as long as they are stuck: the others' reads need others.
TEST(Loans, OfThreeHundredClientsThatNeverReadStopNobodyElse) {
  for (const ServerKind& kind : framed_servers()) {
    if (!lends_from_a_pool(kind)) continue;
    FramedServer server(kind);
    std::vector<Client> stuck = stuck_clients(server, 300);
    for (int i = 0; i < 10; ++i) server.expect_to_serve();
    for (Client& client : stuck) client.reset();
    server.expect_to_live_and_drain();
  }
}

}  // namespace
}  // namespace weir::test
