// lookup in front of Debian's Redis, and of a file of SQLite's, under every model.
#include <filesystem>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "conformance/redis.hpp"
#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

lab::Server lookup(const std::string& model, const std::string& store,
                   const std::vector<std::string>& more = {}) {
  std::vector<std::string> argv{weir_path(), "serve", "lookup",  "-l", "127.0.0.1:0",
                                "-m",        model,   "--store", store};
  argv.insert(argv.end(), more.begin(), more.end());
  return lab::start_server(argv);
}

/// Sets, gets, and asks for what isn't there, however it arrives.
void expect_to_answer(const lab::Server& server) {
  Client client(server.host, server.port);
  client.send("apples=five\napp");
  EXPECT_EQ(client.receive(5), "five\n");
  client.send("les\npears\n\nplums=a=b\nplums");
  client.finish();
  EXPECT_EQ(client.receive_to_end(), "five\n\nerror: the key is missing\na=b\na=b\n");
}

class LooksUp : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  }
};

class LooksUpInRedis : public LooksUp {
 protected:
  void SetUp() override {
    if (!fs::exists(redis_path)) GTEST_SKIP() << "redis-server is not installed";
    LooksUp::SetUp();
    if (!IsSkipped()) redis_.emplace();
  }
  std::string store() const { return "redis://" + redis_->address(); }
  std::optional<Redis> redis_;
};

TEST_P(LooksUpInRedis, WhatIsThere) {
  expect_to_answer(lookup(GetParam(), store()));
}

TEST_P(LooksUpInRedis, AndSaysSoWhenItIsGone) {
  const lab::Server server = lookup(GetParam(), store());
  Client client(server.host, server.port);
  client.send("apples=five\n");
  EXPECT_EQ(client.receive(5), "five\n");
  redis_->end();
  client.send("apples\n");
  EXPECT_EQ(client.receive(22), "error: Redis has left\n");
  client.send("apples\n");
  EXPECT_EQ(client.receive(16), "error: no Redis:");
}

// A session holds its client's buffer while it waits for Redis: with one buffer in all it would for ever.
TEST_P(LooksUpInRedis, OrFailsWhereThereIsNoBufferForTheAnswer) {
  for (const char* const blocks : {"iterative", "fork", "thread", "pool"}) {
    if (GetParam() == blocks) GTEST_SKIP() << "each has its own there";
  }
  const lab::Server server = lookup(GetParam(), store(), {"--loan-memory", "64KiB"});
  for (int i = 0; i < 3; ++i) {
    Client client(server.host, server.port);
    client.send("apples\n");
    client.finish();
    client.wait_for_end();
  }
}

class LooksUpInAFile : public LooksUp {
 protected:
  void SetUp() override {
    LooksUp::SetUp();
    fs::create_directory(place_);
  }
  ~LooksUpInAFile() override { fs::remove_all(place_); }
  std::string store() const { return "sqlite:" + (place_ / "pairs").string(); }
  const fs::path place_ = fs::temp_directory_path() / fmt::format("weir_lookup_{}", ::getpid());
};

TEST_P(LooksUpInAFile, WhatIsThere) {
  expect_to_answer(lookup(GetParam(), store()));
}

TEST_P(LooksUpInAFile, WhatAnotherProcessHasPutThere) {
  const lab::Server one = lookup(GetParam(), store());
  const lab::Server other = lookup(GetParam(), store(), {"--processes", "3"});
  Client writer(one.host, one.port);
  for (int i = 0; i < 30; ++i) {
    writer.send(fmt::format("apples={:02}\n", i));
    EXPECT_EQ(writer.receive(3), fmt::format("{:02}\n", i));
    Client reader(other.host, other.port);
    reader.send("apples\n");
    EXPECT_EQ(reader.receive(3), fmt::format("{:02}\n", i));
  }
}

INSTANTIATE_TEST_SUITE_P(Models, LooksUpInRedis, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });
INSTANTIATE_TEST_SUITE_P(Models, LooksUpInAFile, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

TEST(LooksUpNowhere, AndSaysSo) {
  const Said none = run_weir({"serve", "lookup"});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.errors, std::vector<std::string>{
                             "weir: lookup has to know its store; add --store redis://HOST:PORT or "
                             "--store sqlite:FILE"});
  const Said other = run_weir({"serve", "lookup", "--store", "mysql://x"});
  EXPECT_EQ(other.code, 2);
  EXPECT_EQ(other.errors, std::vector<std::string>{"weir: --store: 'mysql://x' is no store; write "
                                                   "redis://HOST:PORT or sqlite:FILE"});
  const Said folder = run_weir({"serve", "lookup", "--store", "sqlite:/nonexistent/pairs"});
  EXPECT_EQ(folder.code, 1);
  EXPECT_EQ(folder.errors, std::vector<std::string>{"weir: can't open the store "
                                                    "/nonexistent/pairs: unable to open database "
                                                    "file"});
}

}  // namespace
}  // namespace weir::test
