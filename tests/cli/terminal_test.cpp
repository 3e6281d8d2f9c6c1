// `weir client` with a person, or a script, instead of simulated clients.

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/command.hpp"
#include "support/lying_server.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr std::string_view greeting =
    "wordgame: guess the hidden word, letter by letter or whole; \"help\" tells more\n"
    "word: _ _ _ _ (7 misses left)\n";

/// A server of games whose first word is weir.
lab::Server serve_wordgame() {
  const std::string words = std::string(WEIR_SOURCE_DIR) + "/tests/transcripts/wordgame/words";
  return lab::start_server({weir_path(), "serve", "wordgame", "-l", "127.0.0.1:0", "-v", "--words",
                            words, "--word-seed", "3"});
}

/// `weir client SERVICE HOST PORT`, as the end of a shell's command.
std::string client_of(const std::string& service, const std::string& host,
                      const std::string& port) {
  return fmt::format("exec '{}' client {} {} {}", weir_path(), service, host, port);
}

std::string client_of(const std::string& service, const lab::Server& server) {
  return client_of(service, server.host, std::to_string(server.port));
}

Said run_shell(const std::string& command) {
  lab::Process shell = lab::Process::start({"sh", "-c", command});
  return finish(shell);
}

/// A pipe with a name, both ends of which a shell can keep open, so that it has no end.
class Fifo {
 public:
  Fifo() : path_(testing::TempDir() + fmt::format("weir_fifo_{}", ::getpid())) {
    if (::mkfifo(path_.c_str(), 0600) != 0) throw std::runtime_error("no fifo " + path_);
  }
  ~Fifo() { std::filesystem::remove(path_); }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Terminal, LetsAScriptPlay) {
  const lab::Server server = serve_wordgame();
  const Said said = run_shell("printf 'e\\nhello\\nweir\\n' | " + client_of("wordgame", server));
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output, std::string(greeting) +
                             "yes: _ e _ _ (7 misses left)\n"
                             "error: the word has 4 letters, not 5; it doesn't count\n"
                             "won: the word is weir; \"new\" begins another game\n");
  EXPECT_TRUE(said.errors.empty()) << said;
}

TEST(Terminal, FinishesAtTheEndOfStdinAndHearsTheServerOut) {
  const lab::Server server = serve_wordgame();
  const Said said = run_shell("printf weir | " + client_of("wordgame", server));
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output,
            std::string(greeting) + "won: the word is weir; \"new\" begins another game\n");
}

TEST(Terminal, EndsWithTheServerThoughStdinGoesOn) {
  const lab::Server server = serve_wordgame();
  const Fifo fifo;
  const Said said = run_shell(
      fmt::format("exec 0<>'{}'; echo quit >&0; {}", fifo.path(), client_of("wordgame", server)));
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output, std::string(greeting) + "bye; the word was weir\n");
}

TEST(Terminal, IsLeftByCtrlC) {
  lab::Server server = serve_wordgame();
  const Fifo fifo;
  lab::Process client = lab::Process::start(
      {"sh", "-c", fmt::format("exec 0<>'{}'; {}", fifo.path(), client_of("wordgame", server))});
  ASSERT_TRUE(server.process.read_error_line(patience)) << "nobody came";
  client.signal(SIGINT);
  EXPECT_EQ(finish(client).code, 130);
}

TEST(Terminal, CarriesMegabytesBothWays) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const Said said = run_shell("(printf ^; head -c 5000000 /dev/zero | tr '\\0' a; printf $) | " +
                              client_of("framed -i", server));
  EXPECT_EQ(said.code, 0);
  ASSERT_EQ(said.output.size(), 5'000'001u);
  EXPECT_EQ(said.output.front(), '*');
  EXPECT_EQ(std::count(said.output.begin(), said.output.end(), 'b'), 5'000'000);
}

TEST(Terminal, IsNotConnectedWhereSimulatedClientsAreWanted) {
  const lab::Server server = serve_wordgame();
  const Said said = run_shell(client_of("wordgame -n 2 --pace 0", server));
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_NE(said.output.find("conn1 received 'lost: the word was weir"), std::string::npos) << said;
}

TEST(Terminal, SaysThatNobodyListens) {
  const std::string port = LyingServer({}).port();  // it is gone
  const Said said = run_shell(client_of("wordgame", "127.0.0.1", port));
  EXPECT_EQ(said.code, 3);
  EXPECT_EQ(said.errors,
            std::vector<std::string>{fmt::format("weir: can't connect to 127.0.0.1:{} (Connection "
                                                 "refused); is the server running?",
                                                 port)});
}

TEST(SimulatedClient, OfPrimeIsAnsweredRightly) {
  for (const char* way : {"", "--naive"}) {
    std::vector<std::string> argv{weir_path(), "serve", "prime", "-l", "127.0.0.1:0"};
    if (*way != '\0') argv.emplace_back(way);
    const lab::Server server = lab::start_server(argv);
    const Said said = run_shell(client_of("prime -n 3 --pace 0.1", server));
    EXPECT_EQ(said.code, 0) << said;
    EXPECT_NE(said.output.find("conn2 received 'composite'"), std::string::npos) << said;
  }
}

TEST(Load, OfPrimeAndWordgameIsAnsweredRightly) {
  for (const char* service : {"prime", "wordgame"}) {
    const lab::Server server =
        lab::start_server({weir_path(), "serve", service, "-l", "127.0.0.1:0"});
    const Said said =
        run_weir({"load", fmt::format("{}://{}:{}", service, server.host, server.port), "-c", "8",
                  "-d", "200ms"});
    EXPECT_EQ(said.code, 0) << said;
  }
}

TEST(WordsFile, IsRefusedWithTheLineAndTheCause) {
  const std::string path = testing::TempDir() + fmt::format("weir_bad_words_{}", ::getpid());
  std::filesystem::remove(path);
  const auto refused = [&path] {
    const Said said = run_weir({"serve", "wordgame", "-l", "127.0.0.1:0", "--words", path});
    EXPECT_EQ(said.code, 2) << said;
    return said.errors.empty() ? "" : said.errors.front();
  };
  EXPECT_EQ(refused(), fmt::format("weir: {} can't be read: No such file or directory", path));
  run_shell(fmt::format("printf 'planet\\nno one\\n' > '{}'", path));
  EXPECT_EQ(refused(), fmt::format("weir: {}:2: a word is letters from a to z and nothing else; "
                                   "write it so, or leave it out",
                                   path));
  run_shell(fmt::format(": > '{}'", path));
  EXPECT_EQ(refused(), fmt::format("weir: {} holds no word; write one on each line", path));
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_EQ(refused(), fmt::format("weir: {} can't be read: Is a directory", path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace weir::test
