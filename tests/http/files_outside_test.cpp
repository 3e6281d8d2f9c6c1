// No file is served but those below the directory, however one asks.
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <weir/http.hpp>

#include "files_below.hpp"

namespace weir::http {
namespace {

TEST_F(FilesBelow, AreNotReachedByLinksNorPipes) {
  const auto link = [this](const std::string& to, const std::string& name) {
    ASSERT_EQ(::symlink(to.c_str(), path("root/" + name).c_str()), 0);
  };
  link("../secret.txt", "relative");
  link(path("secret.txt"), "absolute");
  link("../outside", "directory");
  link("..", "parent");
  link("/", "top");
  link("a.txt", "inside");
  link("loop", "loop");
  link("/proc/self/cwd", "magic");
  link("relative", "chain");
  ASSERT_EQ(::symlink("../../secret.txt", path("root/sub/deep").c_str()), 0);
  ASSERT_EQ(::symlink("../outside/secret.txt", path("root/relative.txt.gz").c_str()), 0);
  ASSERT_EQ(::mkfifo(path("root/pipe").c_str(), 0644), 0);
  for (const std::string target :
       {"/relative", "/absolute", "/directory/secret.txt", "/directory/", "/parent/secret.txt",
        "/top/etc/passwd", "/inside", "/loop", "/magic/secret.txt", "/chain", "/sub/deep", "/pipe",
        "/parent/root/a.txt", "/directory"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
  write("root/relative.txt", "its own");
  EXPECT_EQ(body_of(get("/relative.txt", {"Accept-Encoding: gzip"})), "its own");
}

/// Ways to say `..`, and a slash, to servers that decode twice, or leniently, or other alphabets.
std::vector<std::string> ways_out() {
  const std::vector<std::string> ups{"..",           "%2e%2e",
                                     "%2E%2e",       ".%2e",
                                     "%2e.",         "%252e%252e",
                                     "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae",
                                     "%u002e%u002e", "%uff0e%uff0e",
                                     "..%00",        "..;",
                                     "....",         "..%20",
                                     "..%09",        "%00..",
                                     "..%ff",        "%25%32%65%25%32%65"};
  const std::vector<std::string> slashes{"/",      "%2f",       "%2F", "%5c", "\\",     "%252f",
                                         "%c0%af", "%e0%80%af", "//",  "/./", "%u2215", "%255c"};
  const std::vector<std::string> begins{"/", "/sub/", "//", "/.well-known/", "/%2f"};
  std::vector<std::string> all;
  for (const std::string& begin : begins) {
    for (const std::string& up : ups) {
      for (const std::string& slash : slashes) {
        for (const int depth : {1, 2, 6}) {
          std::string target = begin;
          for (int i = 0; i < depth; ++i) target.append(up).append(slash);
          all.push_back(target + "secret.txt");
          all.push_back(target + "outside" + slash + "secret.txt");
        }
      }
    }
  }
  for (const char* odd : {"/file:///etc/passwd", "/C:/secret.txt", "/~root/secret.txt",
                          "/proc/self/root/etc/passwd", "///etc/passwd", "/%2fetc/passwd"}) {
    all.emplace_back(odd);
  }
  return all;
}

TEST_F(FilesBelow, AreTheOnlyOnesHoweverOneAsks) {
  const std::vector<std::string> all = ways_out();
  ASSERT_GE(all.size(), 200u);
  std::size_t understood = 0;
  for (const std::string& target : all) {
    const Asking asking(target);
    if (!asking.reads()) continue;  // the parser has refused it
    ++understood;
    const Response response = files(path("root"))(asking.request());
    EXPECT_TRUE(response.status == 400 || response.status == 404) << target << response.status;
    EXPECT_EQ(body_of(response).find(secret), std::string::npos) << target;
    EXPECT_EQ(body_of(response).find("root:"), std::string::npos) << target;
  }
  EXPECT_GE(understood, 200u);
  RecordProperty("targets", static_cast<int>(understood));
}

}  // namespace
}  // namespace weir::http
