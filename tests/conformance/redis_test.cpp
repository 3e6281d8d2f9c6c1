// examples/redis_counter in front of Debian's Redis: sessions that ask another server.
#include <filesystem>
#include <optional>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr const char* redis_path = "/usr/bin/redis-server";

/// A Redis of the test's own that keeps nothing, at a unix socket.
class Redis {
 public:
  Redis()
      : socket_(std::filesystem::temp_directory_path() / fmt::format("weir_redis_{}", ::getpid())),
        process_(lab::Process::start(
            {"/bin/sh", "-c",
             fmt::format("exec {} --port 0 --unixsocket {} --save '' --appendonly no 1>&2",
                         redis_path, socket_)})) {
    for (;;) {
      const auto line = process_.read_error_line(patience);
      if (!line) throw std::runtime_error("Redis does not start");
      if (line->find("eady to accept connections") != std::string::npos) return;
    }
  }
  ~Redis() { std::filesystem::remove(socket_); }

  lab::Server counter(const std::string& model, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> argv{built_path("examples/redis_counter"),
                                  "serve",
                                  "-l",
                                  "127.0.0.1:0",
                                  "-m",
                                  model,
                                  "--redis",
                                  "unix:" + socket_};
    argv.insert(argv.end(), more.begin(), more.end());
    return lab::start_server(argv);
  }

  void end() {
    process_.signal(SIGTERM);
    process_.wait();
  }

 private:
  const std::string socket_;
  lab::Process process_;
};

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
  const lab::Server server = redis_->counter(GetParam());
  Client client(server.host, server.port);
  client.send("apples\napp");
  EXPECT_EQ(client.receive(9), "apples 1\n");
  client.send("les\npears?\napples?\n");
  client.finish();
  EXPECT_EQ(client.receive_to_end(), "apples 2\npears 0\napples 2\n");
}

TEST_P(AsksRedis, AndItsProcessesCountAsOne) {
  const lab::Server server = redis_->counter(GetParam(), {"--processes", "3"});
  constexpr int clients = 30;
  for (int i = 0; i < clients; ++i) {
    Client client(server.host, server.port);
    client.send("apples\n");
    EXPECT_EQ(client.receive(fmt::format("apples {}\n", i + 1).size()),
              fmt::format("apples {}\n", i + 1));
  }
}

TEST_P(AsksRedis, AndSaysSoWhenItIsGone) {
  const lab::Server server = redis_->counter(GetParam());
  redis_->end();
  Client client(server.host, server.port);
  EXPECT_EQ(client.receive_to_end().substr(0, 17), "error: no Redis: ");
}

INSTANTIATE_TEST_SUITE_P(Models, AsksRedis, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
