// What `weir doctor` says where something is missing. Each situation is made, not pretended.

#include <optional>
#include <sched.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

struct Found {
  int code = -1;
  lab::Json report;

  /// What is said of one thing; a null where it is not mentioned.
  lab::Json of(const std::string& name) const {
    for (const lab::Json& finding : report.at("findings").elements()) {
      if (finding.at("name").text_or("") == name) return finding;
    }
    return {};
  }
};

/// Runs the doctor behind `before`, which makes the situation.
Found doctor_after(std::vector<std::string> before) {
  for (const std::string& word : {weir_path(), std::string("doctor"), std::string("--json")}) {
    before.push_back(word);
  }
  lab::Process process = lab::Process::start(before);
  const Said said = finish(process);
  EXPECT_TRUE(said.errors.empty()) << said;
  return {said.code, lab::Json::parse(said.output)};
}

bool holds(const lab::Json& text, const std::string& part) {
  return text.text_or("").find(part) != std::string::npos;
}

void expect_problem(const Found& found, const std::string& name) {
  const lab::Json finding = found.of(name);
  EXPECT_EQ(finding.at("level").text_or(""), "problem") << finding.dump(2);
  EXPECT_NE(finding.at("stops").text_or(""), "") << finding.dump(2);
  EXPECT_NE(finding.at("way_out").text_or(""), "") << finding.dump(2);
  EXPECT_EQ(found.code, 1);
}

std::string forbid() {
  return built_path("tests/programs/forbid");
}

TEST(Doctor, SaysOneLineForEachThing) {
  const Said said = run_weir({"doctor"});
  EXPECT_TRUE(said.code == 0 || said.code == 1) << said;
  EXPECT_TRUE(said.errors.empty()) << said;
  for (const char* name : {"kernel", "io_uring", "locked memory", "epoll_pwait2", "SO_REUSEPORT",
                           "descriptors", "threads", "memory maps", "accept queue", "CPUs",
                           "idle CPUs", "perf events", "ports", "models"}) {
    EXPECT_NE(said.output.find(fmt::format("  {} ", name)), std::string::npos) << name << "\n"
                                                                               << said;
  }
  const bool stopped =
      said.output.find("\nproblem ") != std::string::npos || said.output.starts_with("problem ");
  EXPECT_EQ(said.code, stopped ? 1 : 0) << said;
}

TEST(Doctor, TellsOf64Descriptors) {
  const Found found = doctor_after({"prlimit", "--nofile=64:64"});
  expect_problem(found, "descriptors");
  const lab::Json finding = found.of("descriptors");
  EXPECT_TRUE(holds(finding.at("found"), "64 (hard limit 64): 48 connections"));
  EXPECT_TRUE(holds(finding.at("way_out"), "as root: ulimit -Hn"));
}

TEST(Doctor, RaisesTheSoftLimitWhereTheHardOneAllows) {
  const Found found = doctor_after({"prlimit", "--nofile=64:4096"});
  expect_problem(found, "descriptors");
  EXPECT_EQ(found.of("descriptors").at("way_out").text_or(""), "ulimit -n 4096");
}

TEST(Doctor, TellsThatIoUringIsForbidden) {
  const Found found = doctor_after({forbid(), "io_uring_setup", "--"});
  expect_problem(found, "io_uring");
  EXPECT_TRUE(holds(found.of("io_uring").at("found"), "forbidden"));
  EXPECT_EQ(found.of("io_uring").at("stops").text_or(""), "--model uring");
  EXPECT_TRUE(holds(found.of("io_uring").at("way_out"), "take --model epoll"));
}

TEST(Doctor, TellsThatPerfEventsAreForbidden) {
  const Found found = doctor_after({forbid(), "perf_event_open", "--"});
  expect_problem(found, "perf events");
  EXPECT_TRUE(holds(found.of("perf events").at("stops"), "system calls per request"));
}

TEST(Doctor, TellsOfOneCpu) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  std::size_t first = 0;
  while (!CPU_ISSET(first, &allowed)) ++first;
  const Found found = doctor_after({"taskset", "--cpu-list", std::to_string(first)});
  expect_problem(found, "CPUs");
  EXPECT_TRUE(holds(found.of("CPUs").at("found"), "share the only CPU"));
}

// Whether the limit binds depends on the kernel and on CAP_IPC_LOCK; it is told in any case.
TEST(Doctor, TellsOf8KibOfLockedMemory) {
  const Found found = doctor_after({"prlimit", "--memlock=8192:8192"});
  const lab::Json finding = found.of("locked memory");
  EXPECT_NE(finding.at("level").text_or(""), "ok") << finding.dump(2);
  EXPECT_TRUE(holds(finding.at("found"), "8 KiB")) << finding.dump(2);
  EXPECT_EQ(finding.at("stops").text_or("").substr(0, 13), "--model uring") << finding.dump(2);
  EXPECT_TRUE(holds(finding.at("way_out"), "ulimit -l")) << finding.dump(2);
}

// Where this kernel counts rings against the limit, a user without that capability has none.
TEST(Doctor, TellsThatARingDoesNotFitIntoTheLockedMemory) {
  std::vector<std::string> before{"prlimit", "--memlock=8192:8192"};
  if (::geteuid() == 0) {
    before.insert(before.end(),
                  {"setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock"});
  }
  const Found found = doctor_after(before);
  const lab::Json finding = found.of("locked memory");
  if (finding.at("level").text_or("") == "note") {
    EXPECT_TRUE(holds(finding.at("found"), "this kernel doesn't count")) << finding.dump(2);
    EXPECT_EQ(found.of("io_uring").at("level").text_or(""), "ok");
    return;
  }
  expect_problem(found, "locked memory");
  EXPECT_TRUE(holds(found.of("io_uring").at("found"), "see locked memory"));
}

}  // namespace
}  // namespace weir::test
