// Loads beside, made by programs that only have the name of `weir load`.
#include "lab/beside.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/scratch.hpp"

namespace weir::lab {
namespace {

class BesideLoads : public testing::Test {
 protected:
  /// A load beside that runs these lines of the shell.
  Beside start(const std::string& name, const std::string& lines) const {
    CompareOptions options;
    options.weir = scratch_.path() + "/" + name;
    std::ofstream(options.weir) << "#!/bin/sh\n" << lines << '\n';
    std::filesystem::permissions(options.weir, std::filesystem::perms::owner_all);
    options.beside = {BesideLoad{}};
    const Server nobody{Process::start({"true"}), "127.0.0.1", 9, ""};
    return Beside(options, Machine{}, nobody);
  }

  const test::Scratch scratch_;
};

TEST_F(BesideLoads, TellWhatTheyUseOfTheMachine) {
  Beside busy = start("busy", "while :; do :; done");
  Beside idle = start("idle", "exec sleep 1000");
  const auto give_up = std::chrono::steady_clock::now() + test::patience;
  // Even the idle one uses some at first: a shell that becomes another program.
  while ((busy.cpu_share() < 0.02 || idle.cpu_share() >= busy.cpu_share()) &&
         std::chrono::steady_clock::now() < give_up) {
    ::usleep(1000);
  }
  EXPECT_GE(busy.cpu_share(), 0.02);
  EXPECT_LT(idle.cpu_share(), busy.cpu_share());
  EXPECT_LE(busy.cpu_share(), 1);
}

}  // namespace
}  // namespace weir::lab
