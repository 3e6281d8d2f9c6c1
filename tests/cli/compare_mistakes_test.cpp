// What `weir compare` is told wrongly.

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace weir::test {
namespace {

TEST(CompareMistakes, AreToldInOneSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
      {{"-m", "epol,thread"},
       "there is no model 'epol'; did you mean 'epoll'? (models: iterative, fork, thread, pool, "
       "fiber, select, poll, epoll, uring, uv, asio)"},
      {{"-m", "epoll,epoll"}, "--models: 'epoll' is there twice; leave one out"},
      {{"-c", "1,,64"}, "--connections: '1,,64' is not a list; write a,b,c"},
      {{"--quick", "--budget", "1m"}, "--quick and --budget can't go together; leave one out"},
      {{"--sweep", "-m", "epoll", "-c", "2", "--budget", "1s"},
       "to measure everything once takes about 4 s; give a --budget of that or more, or measure "
       "less"},
      {{"--export", "pdf"},
       "--export: 'pdf' is no kind of table; write markdown, csv, or a file that ends in .md or "
       ".csv"},
      {{"--export", "csv", "--json", "-"}, "only one result can go to stdout; name a file"},
      {{"--window", "0s"}, "--window: '0s' is too short; write 1ms or more"},
  };
  for (const auto& [words, sentence] : mistakes) {
    std::vector<std::string> all{"compare"};
    all.insert(all.end(), words.begin(), words.end());
    const Said said = run_weir(all);
    EXPECT_EQ(said.code, 2) << sentence;
    EXPECT_EQ(said.output, "");
    EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + sentence});
  }
}

}  // namespace
}  // namespace weir::test
