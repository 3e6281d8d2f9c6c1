// `weir load --trace`: the requests of an access log, made again.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/scratch.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

class Replay : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& content) const {
    const std::string path = scratch_.path() + "/" + name;
    std::ofstream(path) << content;
    return path;
  }

  /// A log of the server's own shows what it was asked for.
  lab::Server serve(const std::string& log) const {
    return lab::start_server(
        {weir_path(), "serve", "http", "-l", "127.0.0.1:0", "--access-log", log});
  }

  const Scratch scratch_;
};

std::string combined(const std::string& time, const std::string& request, int status) {
  return fmt::format("127.0.0.1 - - [26/Nov/2026:{}] \"{}\" {} 13 \"-\" \"-\"\n", time, request,
                     status);
}

/// All of it was made, be the machine so busy that some of it was late.
bool is_done(const Said& said) {
  constexpr int untrustworthy = 5;
  return said.code == 0 || said.code == untrustworthy;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(Replay, MakesTheGetsOfALogWhenTheyCame) {
  std::string log;
  for (int i = 0; i < 20; ++i) {
    log += combined("05:59:42 +0000", fmt::format("GET /page/{}?x HTTP/1.1", i), 200);
  }
  log += combined("06:59:43 +0100", "GET /plaintext HTTP/1.1", 304);  // the same hour elsewhere
  log += combined("05:59:43 +0000", "POST /echo HTTP/1.1", 200);
  log += combined("05:59:43 +0000", "GET /missing HTTP/1.1", 404);
  log += combined("05:59:43 +0000", R"(GET /\"x HTTP/1.1)", 400);  // as Apache has it
  log += combined("05:59:43 +0000", R"(\x16\x03)", 400);
  const std::string own = scratch_.path() + "/own";
  lab::Server server = serve(own);
  const Said said =
      run_weir({"load", fmt::format("http://{}:{}", server.host, server.port), "-c", "2", "--trace",
                file("log", log), "--trace-speed", "4", "--json", "-"});
  server.process.signal(SIGTERM);
  server.process.wait();

  ASSERT_TRUE(is_done(said)) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_EQ(report.at("requests").number_or(0), 21);
  EXPECT_EQ(report.at("open_loop.arrivals").text_or(""), "trace");
  EXPECT_GE(report.at("window_ns").number_or(0),
            250e6);  // the last was due after a second's fourth
  ASSERT_FALSE(said.errors.empty());
  EXPECT_EQ(said.errors.front(),
            "trace: 21 requests in 250 ms; 4 lines left out, answered with an error or no GET");
  const std::string asked = content_of(own);
  for (int i = 0; i < 20; ++i) {
    EXPECT_NE(asked.find(fmt::format("\"GET /page/{}?x HTTP/1.1\"", i)), asked.npos) << i;
  }
  EXPECT_NE(asked.find("\"GET /plaintext HTTP/1.1\""), asked.npos);
}

TEST_F(Replay, ReadsWhatTheServerItselfLogs) {
  const std::string log = scratch_.path() + "/own.json";
  lab::Server server = lab::start_server({weir_path(), "serve", "http", "-l", "127.0.0.1:0",
                                          "--access-log", log, "--log-format", "json"});
  const std::string target = fmt::format("http://{}:{}", server.host, server.port);
  ASSERT_EQ(run_weir({"load", target + "/plaintext", "-c", "1", "-n", "30", "-q"}).code, 0);
  server.process.signal(SIGTERM);
  server.process.wait();

  server = serve(scratch_.path() + "/unused");
  const Said said = run_weir({"load", fmt::format("http://{}:{}", server.host, server.port), "-c",
                              "2", "--trace", log, "-q", "--json", "-"});
  ASSERT_TRUE(is_done(said)) << said;
  EXPECT_EQ(lab::Json::parse(said.output).at("requests").number_or(0), 30);
}

TEST_F(Replay, AsksForAnswersOfTheSameSizes) {
  const std::string log =
      R"(::1 - - [26/Nov/2026:05:59:42 +0000] "GET /a HTTP/1.1" 200 70000 "-" "-")"
      "\n"
      R"(::1 - - [26/Nov/2026:05:59:42 +0000] "GET /b HTTP/1.1" 304 - "-" "-")"
      "\n"
      R"(::1 - - [26/Nov/2026:05:59:42 +0000] "GET /c HTTP/1.0" 200 321)"
      "\n";
  const std::string own = scratch_.path() + "/own";
  lab::Server server = lab::start_server(
      {weir_path(), "serve", "http", "--work", "-l", "127.0.0.1:0", "--access-log", own});
  const Said said =
      run_weir({"load", fmt::format("http://{}:{}", server.host, server.port), "-c", "1", "--trace",
                file("log", log), "--trace-sizes", "-q", "--json", "-"});
  server.process.signal(SIGTERM);
  server.process.wait();
  ASSERT_TRUE(is_done(said)) << said;
  const std::string asked = content_of(own);
  for (const int size : {70000, 1, 321}) {
    const std::string line = fmt::format(R"("GET /work?reply={0}B HTTP/1.1" 200 {0} )", size);
    EXPECT_NE(asked.find(line), asked.npos) << line << asked;
  }
}

TEST_F(Replay, SaysWhatIsWrongWithATrace) {
  const std::string line = combined("05:59:42 +0000", "GET / HTTP/1.1", 200);
  const std::string good = file("good", line);
  const std::string bad = file("bad", line + "hello\n");
  const std::string none = file("none", combined("05:59:42 +0000", "GET / HTTP/1.1", 500));
  const auto said = [](const std::string& target, std::vector<std::string> more) {
    more.insert(more.begin(), {"load", target});
    return run_weir(more);
  };
  const std::string http = "http://127.0.0.1:9";
  struct Mistake {
    Said said;
    std::string sentence;
  };
  for (const Mistake& each :
       {Mistake{said(http, {"--trace", "/not/there"}), "can't read '/not/there' (--trace)"},
        {said(http, {"--trace", bad}), bad + ", line 2: that is no line of an access log"},
        {said(http, {"--trace", none}), "nothing to be made again"},
        {said(http, {"--trace", good, "--trace-speed", "fast"}), "'fast' is no speed"},
        {said(http, {"--trace", good, "-r", "5"}), "--trace"},
        {said(http, {"--trace-sizes"}), "--trace-sizes says nothing without --trace; leave it out"},
        {said("framed://127.0.0.1:9", {"--trace", good}), "can't be chosen; leave --trace out"}}) {
    EXPECT_EQ(each.said.code, 2) << each.said;
    ASSERT_EQ(each.said.errors.size(), 1U) << each.said;
    EXPECT_NE(each.said.errors.front().find(each.sentence), std::string::npos) << each.said;
  }
}

}  // namespace
}  // namespace weir::test
