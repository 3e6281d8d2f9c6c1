// The bound on read buffers: clients that never read hold one each, and when none is left the one
// that has made no progress for the longest is reset, so that the others are served on.
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>

#include "support/servers.hpp"

namespace weir::test {
namespace {

TEST(Loans, RunOutAndTheOneLongestWithoutProgressMakesRoom) {
  for (const ServerKind& kind : framed_servers()) {
    if (kind.name != "weir_epoll" && kind.name != "weir_epoll_level" && kind.name != "weir_asio") {
      continue;
    }
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

}  // namespace
}  // namespace weir::test
