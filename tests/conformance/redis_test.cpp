// examples/redis_counter in front of Debian's Redis: sessions that ask another server.
#include "conformance/redis.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

lab::Server counter(const Redis& redis, const std::string& model,
                    const std::vector<std::string>& more = {}) {
  std::vector<std::string> argv{built_path("examples/redis_counter"),
                                "serve",
                                "-l",
                                "127.0.0.1:0",
                                "-m",
                                model,
                                "--redis",
                                redis.address()};
  argv.insert(argv.end(), more.begin(), more.end());
  return lab::start_server(argv);
}

class AsksRedis : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(redis_path)) GTEST_SKIP() << "redis-server is not installed";
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
    redis_.emplace();
  }
  std::optional<Redis> redis_;
};

TEST_P(AsksRedis, AndAnswersWithWhatItSays) {
  const lab::Server server = counter(*redis_, GetParam());
  Client client(server.host, server.port);
  client.send("apples\napp");
  EXPECT_EQ(client.receive(9), "apples 1\n");
  client.send("les\npears?\napples?\n");
  client.finish();
  EXPECT_EQ(client.receive_to_end(), "apples 2\npears 0\napples 2\n");
}

TEST_P(AsksRedis, AndItsProcessesCountAsOne) {
  const lab::Server server = counter(*redis_, GetParam(), {"--processes", "3"});
  constexpr int clients = 30;
  for (int i = 0; i < clients; ++i) {
    Client client(server.host, server.port);
    client.send("apples\n");
    EXPECT_EQ(client.receive(fmt::format("apples {}\n", i + 1).size()),
              fmt::format("apples {}\n", i + 1));
  }
}

TEST_P(AsksRedis, AndSaysSoWhenItIsGone) {
  const lab::Server server = counter(*redis_, GetParam());
  redis_->end();
  Client client(server.host, server.port);
  EXPECT_EQ(client.receive_to_end().substr(0, 17), "error: no Redis: ");
}

INSTANTIATE_TEST_SUITE_P(Models, AsksRedis, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
