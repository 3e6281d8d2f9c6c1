// The project of a user's own: what it has from weir::run.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/process.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

/// `right` answers what is left at the half-close, `planted` forgets it.
std::string program(const std::string& variant) {
  const char* const place = std::getenv("WEIR_OUTSIDE");
  if (place == nullptr) throw std::runtime_error("WEIR_OUTSIDE is not set; run it by ctest");
  return std::string(place) + "/" + variant + "/backwards";
}

Said run_program(const std::string& variant, const std::vector<std::string>& words) {
  std::vector<std::string> argv{program(variant)};
  argv.insert(argv.end(), words.begin(), words.end());
  lab::Process process = lab::Process::start(argv);
  return finish(process);
}

lab::Server serve(const std::string& variant, const std::string& model) {
  return lab::start_server({program(variant), "serve", "-l", "127.0.0.1:0", "-m", model});
}

Said clients_of(const lab::Server& server) {
  return run_program(
      "right", {"client", "-n", "3", "--pace", "0.01", server.host, std::to_string(server.port)});
}

TEST(OutOfTree, ItsServerAnswersItsClientsUnderEveryModel) {
  for (const std::string& model : model_names()) {
    const lab::Server server = serve("right", model);
    const Said said = clients_of(server);
    EXPECT_EQ(said.code, 0) << model << said;
    EXPECT_NE(said.output.find("conn2 received 'enilwen on\\x0a'"), std::string::npos)
        << model << said;
  }
}

TEST(OutOfTree, ItsClientsMissTheAnswerThatThePlantedBugForgets) {
  const lab::Server server = serve("planted", "epoll");
  const Said said = clients_of(server);
  EXPECT_EQ(said.code, 3) << said;
  ASSERT_EQ(said.errors.size(), 1u) << said;
  EXPECT_NE(said.errors[0].find("the server has ended, and more was to come (line 10 of the "
                                "transcript)"),
            std::string::npos)
      << said;
}

TEST(OutOfTree, ItsLoadRepeatsTheTranscript) {
  const lab::Server server = serve("right", "epoll");
  const std::string target = "backwards://" + server.host + ":" + std::to_string(server.port);
  const Said said = run_program("right", {"load", target, "-d", "1s", "--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_GT(report.at("requests").number_or(0), 0) << said;
  EXPECT_EQ(report.at("request_bytes").number_or(0), 27) << said;
  EXPECT_EQ(report.at("errors.protocol").number_or(-1), 0) << said;
}

TEST(OutOfTree, ItsCompareEndsWithATable) {
  const Said said =
      run_program("right", {"compare", "-m", "iterative,thread,epoll", "-c", "2", "--blocks", "1",
                            "--window", "100ms", "-q", "--json", "", "--report", ""});
  ASSERT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output.substr(0, said.output.find(' ')), "backwards") << said;
  const std::size_t table = said.output.find("\n2 connections\n");
  ASSERT_NE(table, std::string::npos) << said;
  for (const char* model : {"\niterative ", "\nthread ", "\nepoll "}) {
    EXPECT_NE(said.output.find(model, table), std::string::npos) << model << said;
  }
}

TEST(OutOfTree, ItsSimulationFindsNothingWhereNothingIs) {
  const Said said = run_program("right", {"sim", "--seeds", "200"});
  EXPECT_EQ(said.code, 0) << said;
}

TEST(OutOfTree, ItsSimulationFindsThePlantedHalfCloseBug) {
  const Said said = run_program("planted", {"sim", "--seeds", "200"});
  EXPECT_NE(said.code, 0) << said;
  std::string all = said.output;
  for (const std::string& line : said.errors) all += line + "\n";
  EXPECT_NE(all.find("(line 10 of the transcript)"), std::string::npos) << said;
}

}  // namespace
}  // namespace weir::test
