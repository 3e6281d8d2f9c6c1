// Files over real sockets, under every model: what has to be sent as the client takes it.
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_answers.hpp"
#include "support/scratch.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr std::size_t large_bytes = 8'000'000;

std::string letters(std::size_t count) {
  std::string bytes(count, ' ');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>('a' + i * i % 26);
  return bytes;
}

std::string get(const std::string& path, const std::string& fields = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", path, fields);
}

class HttpFiles : public testing::TestWithParam<ServerKind> {
 protected:
  HttpFiles() : large_(letters(large_bytes)), server_(start()) {}

  Client connect() const { return Client(server_.host, server_.port); }
  const std::string& large() const { return large_; }
  std::string path(const std::string& name) const { return root_.path() + "/" + name; }

  std::vector<HttpAnswer> answers_to(const std::string& requests) const {
    Client client = connect();
    client.send(requests);
    client.finish();
    return http_answers(client.receive_to_end());
  }

 private:
  lab::Server start() const {
    std::ofstream(path("large")) << large_;
    std::ofstream(path("small.txt")) << "small";
    std::vector<std::string> argv = GetParam().argv;
    argv.insert(argv.end(), {"--root", root_.path()});
    return lab::start_server(argv);
  }

  const Scratch root_;
  const std::string large_;
  const lab::Server server_;
};

TEST_P(HttpFiles, AreSentInTheOrderOfTheirRequests) {
  const std::vector<HttpAnswer> answers =
      answers_to(get("/small.txt") + get("/large") + get("/plaintext") + get("/large") +
                 get("/large", "Range: bytes=7000000-7999999\r\n") + get("/small.txt"));
  ASSERT_EQ(answers.size(), 6u);
  EXPECT_EQ(answers[0].body, "small");
  EXPECT_TRUE(answers[1].body == large());
  EXPECT_EQ(answers[2].body, "Hello, World!");
  EXPECT_TRUE(answers[3].body == large());
  EXPECT_EQ(answers[4].status, "206");
  EXPECT_TRUE(answers[4].body == large().substr(7'000'000));
  EXPECT_EQ(answers[5].body, "small");
}

TEST_P(HttpFiles, WaitForASlowReader) {
  Client client = connect();
  client.send(get("/large") + get("/small.txt"));
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += client.receive(100'000);
    ::usleep(2000);
  }
  client.finish();
  all += client.receive_to_end();
  const std::vector<HttpAnswer> answers = http_answers(all);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_TRUE(answers[0].body == large());
  EXPECT_EQ(answers[1].body, "small");
}

TEST_P(HttpFiles, EndTheConnectionWhenTheyShrink) {
  Client client = connect();
  client.send(get("/large") + get("/small.txt"));
  std::string all = client.receive(100'000);  // it has begun: the rest doesn't fit into the sockets
  ASSERT_EQ(::truncate(path("large").c_str(), 200'000), 0);
  all += client.receive_to_end();
  EXPECT_THROW(http_answers(all), std::runtime_error) << "it was padded";
  EXPECT_EQ(all.find("small"), std::string::npos);
}

TEST_P(HttpFiles, AreNotSentForHead) {
  Client client = connect();
  std::string request = get("/large");
  client.send(request.replace(0, 3, "HEAD") + get("/small.txt"));
  client.finish();
  const std::string all = client.receive_to_end();
  const std::size_t end = all.find("\r\n\r\n") + 4;
  EXPECT_NE(all.find(fmt::format("Content-Length: {}\r\n", large_bytes)), std::string::npos);
  EXPECT_EQ(http_answers(all.substr(end)).at(0).body, "small");
}

INSTANTIATE_TEST_SUITE_P(Models, HttpFiles, testing::ValuesIn(one_worker_servers("http")),
                         instance_name);

}  // namespace
}  // namespace weir::test
