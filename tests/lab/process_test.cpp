#include "lab/process.hpp"

#include <cerrno>
#include <signal.h>
#include <stdexcept>
#include <system_error>

#include <gtest/gtest.h>

namespace weir::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Process shell(const std::string& script) {
  return Process::start({"sh", "-c", script});
}

TEST(Process, GivesWhatTheChildSaidAndItsExitCode) {
  Process child = shell("echo out; echo one >&2; printf two >&2; exit 3");
  EXPECT_EQ(child.read_output_all(), "out\n");
  EXPECT_EQ(child.read_error_line(seconds(10)), "one");
  EXPECT_EQ(child.read_error_line(seconds(10)), "two");
  EXPECT_EQ(child.read_error_line(seconds(10)), std::nullopt);
  EXPECT_EQ(child.wait(), 3);
  EXPECT_EQ(child.wait(), 3);
}

TEST(Process, TellsTheSignalThatEndedTheChild) {
  Process child = shell("exec sleep 1000");
  EXPECT_EQ(child.wait_for(milliseconds(1)), std::nullopt);
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait_for(seconds(10)), 128 + SIGTERM);
}

TEST(Process, ACommandThatIsNotThereIsAnError) {
  EXPECT_THROW(Process::start({"/no/such/command"}), std::system_error);
  EXPECT_THROW(Process::start({}), std::invalid_argument);
}

TEST(Process, ATalkativeChildNeverBlocks) {
  Process child = shell("head -c 3000000 /dev/zero >&2; head -c 200000 /dev/zero; echo end");
  EXPECT_EQ(child.wait_for(seconds(60)), 0);
  EXPECT_EQ(child.read_output_all().size(), 200004u);
}

TEST(Process, PassesVariablesOn) {
  Process child = Process::start({"sh", "-c", "echo $WEIR_TEST"}, {{}, {{"WEIR_TEST", "yes"}}});
  EXPECT_EQ(child.read_output_all(), "yes\n");
}

TEST(Process, IsPinnedWhereItIsTold) {
  Process child = Process::start({"grep", "Cpus_allowed_list", "/proc/self/status"}, {{0}, {}});
  EXPECT_EQ(child.read_output_all(), "Cpus_allowed_list:\t0\n");
}

TEST(Process, DiesWithItsOwner) {
  pid_t pid = 0;
  {
    const Process child = shell("exec sleep 1000");
    pid = child.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(StartServer, FindsTheAddressInWhatTheServerSays) {
  const Server server = start_server(
      {"sh", "-c",
       "echo hello >&2; echo 'weir: framed on 127.0.0.1:41233, model x' >&2; exec cat"});
  EXPECT_EQ(server.host, "127.0.0.1");
  EXPECT_EQ(server.port, 41233);
  EXPECT_EQ(server.banner, "weir: framed on 127.0.0.1:41233, model x");
  EXPECT_EQ(start_server({"sh", "-c", "echo 'a on [::1]:80 (b)' >&2"}).host, "::1");
}

TEST(StartServer, SaysWhatTheServerSaidWhenItFails) {
  try {
    start_server({"sh", "-c", "echo 'port in use' >&2; exit 1"});
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("port in use"), std::string::npos);
  }
}

}  // namespace
}  // namespace weir::lab
