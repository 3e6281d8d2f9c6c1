// slowhttptest against weir's http: clients that send or take next to nothing, to keep others out.
// `./run attacks` gives them a minute, and has more of them. slowhttptest -X keeps a good part of a
// processor busy, so that all models at once are too much for a long attack.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "clients/counted.hpp"
#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

/// How slowhttptest attacks, and what it is told besides.
struct Way {
  const char* name;
  std::vector<std::string> words;
};

const std::vector<Way> ways{
    {"header", {"-H", "-x", "24"}},
    {"body", {"-B", "-s", "8192", "-x", "10"}},
    {"read", {"-X", "-k", "3", "-w", "10", "-y", "20", "-n", "1", "-z", "32"}},
    {"range", {"-R", "-a", "10", "-b", "3000"}}};

int from_environment(const char* name, int usual) {
  const char* const text = std::getenv(name);
  return text == nullptr ? usual : std::atoi(text);
}

/// What slowhttptest saw in each second.
struct Seen {
  int seconds = 0;
  int available = 0;
  int connected_max = 0;
  int closed = 0;  // in the end
};

Seen read_seen(const std::string& csv) {
  Seen seen;
  std::ifstream file(csv);
  std::string line;
  std::getline(file, line);  // the names
  while (std::getline(file, line)) {
    int closed = 0, pending = 0, connected = 0, available = 0;
    if (std::sscanf(line.c_str(), "%*d,%d,%d,%d,%d", &closed, &pending, &connected, &available) < 4)
      continue;
    ++seen.seconds;
    seen.available += available > 0 ? 1 : 0;
    seen.connected_max = std::max(seen.connected_max, connected);
    seen.closed = closed;
  }
  return seen;
}

/// An attack on a server of its own.
class Attack {
 public:
  /// `root` has the file `big`.
  Attack(const std::string& root, const std::string& model, const Way& way, int connections,
         int pool)
      : name(model + ", slow " + way.name), server_(start(root, model, pool)) {
    std::vector<std::string> argv{"slowhttptest", "-g", "-o", scratch_.path() + "/seen"};
    argv.insert(argv.end(), way.words.begin(), way.words.end());
    const int seconds = from_environment("WEIR_ATTACK_SECONDS", 6);
    for (const auto& [option, value] :
         {std::pair("-c", connections), std::pair("-r", connections), std::pair("-i", 1),
          std::pair("-l", seconds), std::pair("-p", 3)}) {
      argv.insert(argv.end(), {option, std::to_string(value)});
    }
    argv.insert(argv.end(), {"-u", fmt::format("http://{}:{}/big", server_.host, server_.port)});
    attacker_.emplace(lab::Process::start(argv));
  }

  /// Waits until it is over.
  Seen seen() {
    const int seconds = from_environment("WEIR_ATTACK_SECONDS", 6);
    EXPECT_EQ(attacker_->wait_for(patience + std::chrono::seconds(seconds)), 0) << name;
    return read_seen(scratch_.path() + "/seen.csv");
  }

  const std::string name;

 private:
  static lab::Server start(const std::string& root, const std::string& model, int pool) {
    std::vector<std::string> argv{weir_path(), "serve", "http",   "-l", "127.0.0.1:0",
                                  "-m",        model,   "--root", root};
    if (model == "pool") argv.insert(argv.end(), {"--pool", std::to_string(pool)});
    return lab::start_server(argv);
  }

  const Scratch scratch_;
  lab::Server server_;
  std::optional<lab::Process> attacker_;
};

class SlowAttacks : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("slowhttptest").empty()) GTEST_SKIP() << "slowhttptest is not installed";
    std::ofstream(root_.path() + "/big") << std::string(1'000'000, 'x');
  }
  const std::string& root() const { return root_.path(); }

  std::unique_ptr<Attack> attack(const std::string& model, const Way& way) const {
    const int connections = from_environment("WEIR_ATTACK_CONNECTIONS", 10);
    return std::make_unique<Attack>(root(), model, way, connections, connections + 1);
  }

  static void expect_to_be_in_vain(Attack& attack) {
    const Seen seen = attack.seen();
    EXPECT_GT(seen.seconds, 0) << attack.name;
    EXPECT_EQ(seen.available, seen.seconds) << attack.name;
    fmt::print("{}: at most {} connected, {} closed, available in {} of {} s\n", attack.name,
               seen.connected_max, seen.closed, seen.available, seen.seconds);
  }

 private:
  const Scratch root_;
};

TEST_F(SlowAttacks, LeaveTheServiceAvailable) {
  const std::size_t at_once = from_environment("WEIR_ATTACK_MODELS", 20);
  std::vector<std::string> models = model_names();
  std::erase_if(models,
                [](const auto& model) { return model == "iterative" || is_left_out(model); });
  for (std::size_t begin = 0; begin < models.size(); begin += at_once) {
    std::vector<std::unique_ptr<Attack>> attacks;
    for (std::size_t i = begin; i < std::min(begin + at_once, models.size()); ++i) {
      for (const Way& way : ways) attacks.push_back(attack(models[i], way));
    }
    for (const auto& attack : attacks) expect_to_be_in_vain(*attack);
  }
}

/// What `weir explain` says of these models is so.
TEST_F(SlowAttacks, HoldUpWhoHasNobodyLeftToServe) {
  Attack one(root(), "iterative", ways[0], 1, 0);
  Attack all(root(), "pool", ways[0], 4, 4);
  for (Attack* const attack : {&one, &all}) {
    const Seen seen = attack->seen();
    EXPECT_LT(seen.available, seen.seconds) << attack->name;
  }
}

}  // namespace
}  // namespace weir::test
