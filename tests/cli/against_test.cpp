// `weir compare --against`: servers that aren't weir's, started by a command of the user's.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/scratch.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> briefly(const std::string& against) {
  return {"compare", "--sweep", "-m", "epoll", "-c",       "16", "--blocks",  "1",    "--window",
          "100ms",   "--json",  "-",  "-q",    "--report", "",   "--against", against};
}

/// How many processes have the word in their command line.
std::size_t running(const std::string& word) {
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line(std::istreambuf_iterator<char>(file), {});
    if (line.find(word) != std::string::npos) ++found;
  }
  return found;
}

TEST(Against, IsMeasuredInTheSameBlocksAndGone) {
  const Scratch place;
  const std::string server = place.path() + "/outsider";
  fs::create_symlink(std::string(std::getenv("WEIR_BY_HAND")) + "/epoll", server);
  // The shell stays, since there is more to do: the server is its child.
  const std::string command = server + " 127.0.0.1:{port}; true";
  const Said said = run_weir(briefly("outsider=" + command));
  ASSERT_EQ(said.code, 0) << said;
  EXPECT_EQ(running(server), 0u);
  const lab::Json json = lab::Json::parse(said.output);
  EXPECT_EQ(json.at("commands.outsider").text_or(""), command);
  EXPECT_EQ(json.at("contestants").elements().at(1).text_or(""), "outsider");
  std::size_t cells = 0;
  for (const lab::Json& cell : json.at("cells").elements()) {
    if (cell.at("contestant").text_or("") != "outsider") continue;
    ++cells;
    // What its child used is counted: no request goes without a microsecond.
    EXPECT_GT(cell.at("server.cpu_ns_per_request").number_or(0), 1000) << cell.dump(2);
  }
  EXPECT_EQ(cells, 1u);
}

TEST(Against, SaysWhatIsWrongBeforeAnythingIsMeasured) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"nosuch {port}",
       "--against: 'nosuch {port}' has no name; write for example node='node server.js {port}'"},
      {"x=nosuch", "--against: the command of x doesn't say where its port goes; put {port} there"},
      {"epoll=nosuch {port}",
       "--against: there is a contestant epoll already; give it another name"},
      {"x=exit 3; {port}",
       "--against x: `exit 3; PORT` ended with code 3 before it accepted "
       "connections"},
  };
  for (const auto& [against, sentence] : mistakes) {
    Said said = run_weir(briefly(against));
    EXPECT_TRUE(said.code == 1 || said.code == 2) << said;
    EXPECT_EQ(said.output, "");
    ASSERT_FALSE(said.errors.empty()) << sentence;
    std::string told = said.errors.back();
    const std::size_t port = told.find("exit 3; ");
    if (port != std::string::npos) told.replace(port + 8, told.find('`', port) - port - 8, "PORT");
    EXPECT_EQ(told, "weir: " + sentence);
  }
}

TEST(Against, SaysThatItSpeaksAnotherProtocol) {
  const std::string server =
      std::string(std::getenv("WEIR")) + " serve wordgame -l 127.0.0.1:{port}";
  const Said said = run_weir(briefly("x=" + server));
  EXPECT_EQ(said.code, 1) << said;
  ASSERT_FALSE(said.errors.empty());
  EXPECT_EQ(said.errors.back().rfind(
                "weir: --against x: it doesn't answer as a server of framed does: ", 0),
            0u)
      << said;
}

}  // namespace
}  // namespace weir::test
