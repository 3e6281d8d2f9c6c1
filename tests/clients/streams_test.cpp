// curl sends 64 MiB and takes as many back, in pieces (examples/http_streams), and the server's memory
// doesn't grow with them.
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "clients/counted.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

class Streams : public testing::TestWithParam<std::string> {};

/// The most that the process has ever held, proc(5).
std::size_t peak_bytes(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string word; status >> word;) {
    std::size_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib * 1024;
  }
  return SIZE_MAX;
}

TEST_P(Streams, CarryWhatNoMemoryHolds) {
  if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  if (find_program("curl").empty()) GTEST_SKIP() << "curl is not installed";
  const lab::Server server = lab::start_server(
      {built_path("examples/http_streams"), "serve", "-l", "127.0.0.1:0", "-m", GetParam()});
  const std::string command = fmt::format(
      "yes 'a line of some bytes' | head -c 67108864 |"
      " curl --silent --show-error --fail -X POST -T - http://{}:{}/upper | cmp - expected",
      server.host, server.port);
  const Scratch scratch;
  const std::string expected = "yes 'A LINE OF SOME BYTES' | head -c 67108864 > expected; ";
  EXPECT_EQ(output_of({"bash", "-c", "cd " + scratch.path() + "; " + expected + command}), "");
  // Under fork it is a child that serves, and is gone.
  EXPECT_LT(peak_bytes(server.process.pid()), std::size_t{24} << 20);
}

INSTANTIATE_TEST_SUITE_P(Models, Streams, client_models,
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
