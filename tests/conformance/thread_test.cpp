// A server of one thread a connection, when no thread is left to be had.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/servers.hpp"

namespace weir::test {
namespace {

// Each thread takes 1 MiB of address space for its stack, so a bound on that is one on threads. The
// sanitizers' own memory needs it as well, and they end a process that gets none.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Thread, ClosesAClientForWhomThereIsNoThread) {
  std::vector<ServerKind> kinds = framed_servers();
  std::erase_if(kinds, [](const ServerKind& kind) { return kind.name != "weir_thread"; });
  FramedServer server(kinds.at(0));
  server.expect_to_serve();
  server.limit_address_space(std::size_t{12} << 20);

  std::vector<Client> served;
  std::size_t refused = 0;
  for (int i = 0; i < 24; ++i) {
    Client client = server.connect_silently();
    if (client.receive(1) == "*")
      served.push_back(std::move(client));
    else
      ++refused;
  }
  EXPECT_GE(served.size(), 2u);
  EXPECT_GE(refused, 3u);
  for (Client& client : served) {
    client.send("^abc$");
    EXPECT_EQ(client.receive(3), "bcd");
  }
  served.clear();
  server.expect_to_live_and_drain();
  std::string said;
  while (const auto line = server.process().read_error_line(patience)) said += *line + "\n";
  EXPECT_NE(said.find(fmt::format(", {} refused", refused)), std::string::npos)
      << said << refused << " were refused";
}
#endif

}  // namespace
}  // namespace weir::test
