// curl, and the clients of languages' libraries, against weir's http: each counts what it sent and was
// answered, the server what it took and answered.
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "clients/counted.hpp"

namespace weir::test {
namespace {

class Libraries : public Counted {};

/// What curl counts by --write-out: a line for each request.
Counts sum_of(const std::string& lines) {
  Counts sum;
  std::istringstream in(lines);
  for (std::size_t up, down; in >> up >> down; ++sum.requests) {
    sum.uploaded += up;
    sum.downloaded += down;
  }
  return sum;
}

TEST_P(Libraries, CurlCountsWhatIsServed) {
  start("curl");
  const std::string text(300'000, 'x');
  put("large", text);
  const std::string file = url("/large");
  const std::vector<std::vector<std::string>> asked{
      {url("/small"), url("/small"), file},
      {"--head", url("/small"), file},
      {"--range", "5-1004", file},
      {"--range", "0-9,100-199", file},
      {"--data-binary", "@" + root() + "/large", "--header", "Expect: 100-continue", url("/echo")},
      {"--data-binary", "", url("/echo")}};
  std::string said;
  for (const std::vector<std::string>& words : asked) {
    std::vector<std::string> argv{program(), "--silent",    "--show-error",
                                  "--fail",  "--write-out", "%{size_upload} %{size_download}\n"};
    for (int i = 0; i < 3; ++i) argv.insert(argv.end(), {"--output", "/dev/null"});
    argv.insert(argv.end(), words.begin(), words.end());
    said += output_of(argv);
  }
  EXPECT_EQ(sum_of(said), served()) << said;
  EXPECT_EQ(sum_of(said).requests, 9u);
}

TEST_P(Libraries, UndiciCountsWhatIsServedToAPipeline) {
  start("node");
  lab::Process::Options options;
  options.environment = {{"NODE_PATH", "/usr/share/nodejs"}};
  const std::string there = "try { require('undici') } catch { process.exit(1) }";
  if (lab::Process::start({program(), "-e", there}, options).wait() != 0) {
    GTEST_SKIP() << "undici is not installed (node-undici)";
  }
  const Counts counted = counts_in(output_of({program(), script("undici.js"), url("")}, options));
  EXPECT_EQ(counted, served());
  EXPECT_EQ(counted.requests, 403u);
}

TEST_P(Libraries, PythonCountsWhatIsServed) {
  start("python3");
  const Counts counted = counts_in(output_of(
      {program(), script("http_client.py"), server().host, std::to_string(server().port)}));
  EXPECT_EQ(counted, served());
  EXPECT_EQ(counted.requests, 111u);
}

INSTANTIATE_TEST_SUITE_P(Models, Libraries, client_models,
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
