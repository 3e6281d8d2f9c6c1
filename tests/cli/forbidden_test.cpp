// Where the kernel forbids io_uring, as it does in many containers: a real filter forbids it here.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

class WithoutIoUring : public testing::TestWithParam<std::string> {
 protected:
  /// Runs `weir` where the kernel answers EPERM to the system call of this instance.
  static Said run(const std::vector<std::string>& words) {
    std::vector<std::string> argv{built_path("tests/programs/forbid"), GetParam(), "--",
                                  weir_path()};
    argv.insert(argv.end(), words.begin(), words.end());
    lab::Process process = lab::Process::start(argv);
    return finish(process);
  }

  static constexpr const char* why =
      "the kernel forbids io_uring here (a seccomp filter or a security module: EPERM); "
      "take --model epoll";
};

INSTANTIATE_TEST_SUITE_P(Forbidden, WithoutIoUring,
                         testing::Values("io_uring_setup", "io_uring_enter", "io_uring_register"),
                         [](const auto& each) { return each.param; });

TEST_P(WithoutIoUring, ServeSaysSoAndNamesEpoll) {
  const Said said = run({"serve", "framed", "-l", "127.0.0.1:0", "-m", "uring"});
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.errors, std::vector<std::string>{fmt::format("weir: {}", why)});
}

TEST_P(WithoutIoUring, CompareGoesOnWithoutItUnlessItIsNamed) {
  const Said all = run({"compare", "--plan", "-c", "1"});
  EXPECT_EQ(all.code, 0) << all;
  EXPECT_EQ(all.errors, std::vector<std::string>{fmt::format("weir: uring is left out: {}", why)});
  EXPECT_NE(all.output.find(" cells in "), std::string::npos) << all;

  const Said named = run({"compare", "--plan", "-c", "1", "-m", "epoll,uring"});
  EXPECT_EQ(named.code, 1) << named;
  EXPECT_EQ(named.errors, std::vector<std::string>{fmt::format("weir: {}", why)});
}

}  // namespace
}  // namespace weir::test
