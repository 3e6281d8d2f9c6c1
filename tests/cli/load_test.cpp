// `weir load` on the command line; how it measures is tested in load_test.cpp of the units.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/awake.hpp"
#include "lab/json.hpp"
#include "support/client.hpp"
#include "support/command.hpp"
#include "support/lying_server.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

std::string target_of(const lab::Server& server) {
  return fmt::format("framed://{}:{}", server.host, server.port);
}

TEST(Load, ReportsAsJson) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const Said said =
      run_weir({"load", target_of(server), "-c", "4", "-d", "50ms", "--warmup", "10ms",
                "--server-pid", std::to_string(server.process.pid()), "--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_EQ(report.at("schema").text_or(""), "weir.load/1");
  EXPECT_EQ(report.at("connections").number_or(0), 4);
  EXPECT_EQ(report.at("connected").number_or(0), 4);
  EXPECT_GT(report.at("requests").number_or(0), 0);
  EXPECT_GT(report.at("latency.service.p50_ns").number_or(0), 0);
  EXPECT_EQ(report.at("errors.protocol").number_or(-1), 0);
  EXPECT_EQ(report.at("server.pid").number_or(0), server.process.pid());
  EXPECT_FALSE(report.at("interrupted").bool_or(true));
}

TEST(Load, TakesHostAndPortAsTwoWords) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const Said said = run_weir({"load", server.host, std::to_string(server.port), "-c", "1", "-d",
                              "20ms", "--warmup", "0s"});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output.substr(0, said.output.find(',')), target_of(server));
}

TEST(Load, ReportsWhatThereIsWhenItIsInterrupted) {
  const LyingServer server({});
  lab::Process load = start_weir({"load", "framed://127.0.0.1:" + server.port(), "-c", "1", "-d",
                                  "10m", "--warmup", "0s", "--json", "-"});
  server.wait_until_busy();
  load.signal(SIGINT);
  const Said said = finish(load);
  EXPECT_EQ(said.code, 130) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_TRUE(report.at("interrupted").bool_or(false)) << said;
  EXPECT_GT(report.at("requests").number_or(0), 0) << said;
}

/// A load of the words on the server, whatever it thinks of its own result.
lab::Json report_of(const lab::Server& server, std::vector<std::string> words) {
  words.insert(words.begin(), {"load", target_of(server), "--json", "-"});
  const Said said = run_weir(words);
  EXPECT_TRUE(said.code == 0 || said.code == 5) << said;
  return lab::Json::parse(said.output);
}

TEST(Load, MakesSoManyRequests) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  for (const char* how :
       {"--rate=2000", "--think=1ms", "--think-fixed=1ms", "--churn", "--seed=2"}) {
    const lab::Json report = report_of(server, {"-n", "100", "-c", "3", how});
    EXPECT_EQ(report.at("requests").number_or(0), 100) << how;
    EXPECT_EQ(report.at("latency.service.count").number_or(0), 100) << how;
    EXPECT_EQ(report.at("connected").number_or(0), 3) << how;
  }
}

TEST(Load, KeepsIdleCpusAwakeOrSaysWhyItCant) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const std::string why_not = lab::Awake(lab::IdleCpus::kept_awake).why_not();
  const Said said = run_weir(
      {"load", server.host, std::to_string(server.port), "-n", "10", "-q", "--keep-cpus-awake"});
  if (why_not.empty()) {
    EXPECT_EQ(said.code, 0) << said;
  } else {
    EXPECT_EQ(said.code, 1) << said;
    ASSERT_FALSE(said.errors.empty()) << said;
    EXPECT_EQ(said.errors[0].rfind("weir: --keep-cpus-awake: " + why_not, 0), 0u) << said;
  }
}

TEST(Load, OfAnOpenLoopIsReportedAsJson) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const lab::Json report =
      report_of(server, {"-r", "500..1500", "--arrivals", "burst:10", "-c", "4", "-d", "300ms",
                         "--warmup", "50ms", "--seed", "9"});
  EXPECT_EQ(report.at("schema").text_or(""), "weir.load/1");
  EXPECT_EQ(report.at("seed").number_or(0), 9);
  EXPECT_EQ(report.at("open_loop.rate_rps").number_or(0), 500);
  EXPECT_EQ(report.at("open_loop.rate_end_rps").number_or(0), 1500);
  EXPECT_EQ(report.at("open_loop.arrivals").text_or(""), "burst:10");
  EXPECT_GT(report.at("open_loop.due").number_or(0), 0);
  EXPECT_EQ(report.at("latency.response.count").number_or(0),
            report.at("open_loop.due").number_or(-1));
  EXPECT_GT(report.at("latency.send_lag.count").number_or(0), 0);
  EXPECT_NE(report.at("verdict").text_or(""), "");
}

TEST(Load, KeepsRequestsUnderWayOfWhatCanBePipelined) {
  for (const char* service : {"framed", "prime", "http", "work"}) {
    const lab::Server server = serve(service, {"-l", "127.0.0.1:0"});
    for (const char* loop : {"--seed=1", "--rate=5000"}) {
      const Said said =
          run_weir({"load", fmt::format("{}://{}:{}", service, server.host, server.port), "--json",
                    "-", "-n", "500", "-c", "3", "--pipeline", "8", loop});
      EXPECT_TRUE(said.code == 0 || said.code == 5) << service << said;
      const lab::Json report = lab::Json::parse(said.output);
      EXPECT_EQ(report.at("requests").number_or(0), 500) << service;
      EXPECT_EQ(report.at("pipeline").number_or(0), 8) << service;
      EXPECT_EQ(report.at("errors.protocol").number_or(-1), 0) << service;
    }
  }
}

TEST(Load, NamesThePersonas) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const lab::Json report =
      report_of(server, {"-n", "50", "-c", "2", "--persona",
                         "slow-sender=1,slow-reader=1,idle=5,aborter=1,pipeliner=2"});
  EXPECT_EQ(report.at("requests").number_or(0), 50);
  EXPECT_EQ(report.at("errors.io").number_or(-1), 0);
  EXPECT_EQ(report.at("personas.idle").number_or(0), 5);
  EXPECT_EQ(report.at("personas.pipeliners").number_or(0), 2);
}

TEST(Load, SlowSenderHoldsUpAServerThatServesOneAtATime) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0", "-m", "iterative"});
  const lab::Json report =
      report_of(server, {"-d", "100ms", "--warmup", "0s", "-c", "4", "--persona", "slow-sender=1"});
  EXPECT_EQ(report.at("served").number_or(-1), 0);
  EXPECT_EQ(report.at("fairness.unserved").number_or(-1), 4);
}

/// Nobody is greeted by `work`: a client may be connected before there is a process for it.
TEST(Load, CountsTheMemoryOfAllWhoAreConnected) {
  const lab::Server server = serve("work", {"-m", "fork", "-l", "127.0.0.1:0"});
  const Said said = run_weir({"load", fmt::format("work://{}:{}", server.host, server.port), "-c",
                              "16", "-d", "50ms", "--persona", "idle=32", "--server-pid",
                              std::to_string(server.process.pid()), "--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_NEAR(report.at("server.kernel_stack_bytes_per_connection").number_or(0), 16384, 400);
}

/// A load that runs, and is known to be within its window.
class RunningLoad {
 public:
  RunningLoad(const lab::Server& server, std::vector<std::string> words) {
    words.insert(words.begin(), {"load", target_of(server), "--json", json_, "-d", "2s"});
    process_ = std::make_unique<lab::Process>(start_weir(words));
    process_->read_error_line(patience);  // progress
  }
  ~RunningLoad() { fs::remove(json_); }

  lab::Process& process() { return *process_; }
  Said end() { return finish(*process_); }
  lab::Json report() const {
    std::ifstream file(json_);
    return lab::Json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
  }

 private:
  const std::string json_ = fs::temp_directory_path() / fmt::format("weir_load_{}", ::getpid());
  std::unique_ptr<lab::Process> process_;
};

// Longer than what is expected to be seen: a request may be sent a moment after the server has stopped.
constexpr std::chrono::milliseconds stopped{600};

void stop_for_a_while(lab::Process& process) {
  process.signal(SIGSTOP);
  std::this_thread::sleep_for(stopped);
  process.signal(SIGCONT);
}

TEST(Load, StopOfTheServerIsSeenByAnOpenLoop) {
  lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  RunningLoad load(server, {"-r", "5000", "-c", "4"});
  stop_for_a_while(server.process);
  load.end();
  // A quarter of the requests was due while it stood still; in most slices none was.
  const lab::Json report = load.report();
  EXPECT_GT(report.at("latency.response.p99_ns").number_or(0), 300e6);
  EXPECT_GT(report.at("latency.response.p99_calm_ns").number_or(0), 0);
  EXPECT_LT(report.at("latency.response.p99_calm_ns").number_or(1e9), 300e6);
  EXPECT_LT(report.at("latency.send_lag.p99_calm_ns").number_or(1e9), 300e6);
}

TEST(Load, StopOfTheServerIsHiddenByAClosedLoop) {
  lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  RunningLoad load(server, {"-c", "4"});
  stop_for_a_while(server.process);
  EXPECT_EQ(load.end().code, 0);
  const lab::Json report = load.report();
  EXPECT_LT(report.at("latency.service.p99_ns").number_or(1e9), 300e6);
  EXPECT_GT(report.at("latency.service.p99_calm_ns").number_or(0), 0);
  EXPECT_GE(report.at("latency.service.max_ns").number_or(0), 500e6);
}

TEST(Load, StopOfTheGeneratorIsNotHeldAgainstTheServer) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  RunningLoad load(server, {"-r", "1000", "-c", "64"});
  stop_for_a_while(load.process());
  const Said said = load.end();
  EXPECT_EQ(said.code, 5) << said;
  EXPECT_EQ(load.report().at("verdict").text_or(""), "generator-bound");
  ASSERT_FALSE(said.errors.empty());
  const std::string sentence = "weir: the generator was the limit: of ";
  EXPECT_EQ(said.errors.back().substr(0, sentence.size()), sentence);
}

TEST(Load, LeavesWithTheVerdictOfItsThresholds) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const auto load = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"load", target_of(server), "-c", "2", "-n", "100", "-q"});
    return run_weir(words);
  };
  const std::vector<std::string> kept{"--threshold", "p50<1h",      "--threshold",
                                      "rate>0.001",  "--threshold", "errors<1"};
  EXPECT_EQ(load(kept).code, 0);
  std::vector<std::string> broken = kept;
  broken.insert(broken.end(), {"--threshold", "max<1ns"});
  const Said said = load(broken);
  EXPECT_EQ(said.code, 4) << said;
  ASSERT_EQ(said.errors.size(), 1u) << said;
  const std::string sentence = "weir: not kept: max<1ns (it was ";
  EXPECT_EQ(said.errors[0].substr(0, sentence.size()), sentence);
  const Said unknown = load({"--threshold", "p99<1h"});
  EXPECT_EQ(unknown.code, 5) << unknown;
  EXPECT_EQ(unknown.errors,
            std::vector<std::string>{"weir: p99<1h: too few samples to tell; measure for longer"});
}

TEST(Load, TellsHowItGoesUnlessToldToBeQuiet) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const std::vector<std::string> words{"load", target_of(server), "-c", "1", "-d", "600ms"};
  EXPECT_FALSE(run_weir(words).errors.empty());
  std::vector<std::string> quiet = words;
  quiet.emplace_back("-q");
  EXPECT_TRUE(run_weir(quiet).errors.empty());
}

}  // namespace
}  // namespace weir::test
