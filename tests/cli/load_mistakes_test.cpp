// What can't be asked of `weir load`, and how that is said. What is true of any verb is in
// mistakes_test.cpp.

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace weir::test {
namespace {

struct LoadMistake {
  std::string name;
  std::vector<std::string> words;
  std::string sentence;
};

std::ostream& operator<<(std::ostream& out, const LoadMistake& mistake) {
  return out << mistake.name;
}

const std::vector<LoadMistake> load_mistakes{
    {"no_rate",
     {"load", "127.0.0.1", "9", "-r", "fast"},
     "--rate: 'fast' is not a number of requests a second; write 5000, or 1000..20000"},
    {"no_rate_at_the_end",
     {"load", "127.0.0.1", "9", "-r", "10..0"},
     "--rate: '10..0' is not a number of requests a second; write 5000, or 1000..20000"},
    {"no_arrivals",
     {"load", "127.0.0.1", "9", "-r", "10", "--arrivals", "normal"},
     "--arrivals: 'normal' is not poisson, uniform or burst:N"},
    {"arrivals_of_a_closed_loop",
     {"load", "127.0.0.1", "9", "--arrivals", "uniform"},
     "--arrivals are those of an open loop; say its --rate as well"},
    {"thoughts_in_an_open_loop",
     {"load", "127.0.0.1", "9", "-r", "10", "--think", "1s"},
     "--rate and --think can't go together; leave one out"},
    {"changing_rate_of_so_many_requests",
     {"load", "127.0.0.1", "9", "-r", "10..20", "-n", "10"},
     "a rate that changes takes the whole --duration; leave --requests out"},
    {"warm_up_of_so_many_requests",
     {"load", "127.0.0.1", "9", "-n", "10", "--warmup", "1s"},
     "--warmup and --requests can't go together; leave one out"},
    {"no_persona",
     {"load", "127.0.0.1", "9", "--persona", "sleeper=3"},
     "--persona: 'sleeper=3' is not a persona; write slow-sender=N, slow-reader=N, idle=N, "
     "aborter=N or pipeliner=N"},
    {"pipeline_of_conversations",
     {"load", "lookup://127.0.0.1:9", "--pipeline", "4"},
     "the requests of 'lookup' can't be sent before earlier ones are answered; leave --pipeline "
     "out"},
    {"pipeliner_of_conversations",
     {"load", "lookup://127.0.0.1:9", "--persona", "pipeliner=1"},
     "the requests of 'lookup' can't be sent before earlier ones are answered; leave the persona "
     "pipeliner out"},
    {"pipeline_of_several_requests",
     {"load", "http://127.0.0.1:9/", "--pipeline", "4", "--request", "/a", "--request", "/b"},
     "requests under way together are all the same; leave --pipeline out, or all --request but "
     "one"},
    {"pipeline_of_fresh_connections",
     {"load", "127.0.0.1", "9", "--pipeline", "4", "--churn"},
     "--pipeline and --churn can't go together; leave one out"},
    {"pipeline_of_clients_that_think",
     {"load", "127.0.0.1", "9", "--pipeline", "4", "--think", "1ms"},
     "--pipeline and --think can't go together; leave one out"},
    {"path_where_there_is_none",
     {"load", "framed://127.0.0.1:9/path"},
     "'framed://127.0.0.1:9/path' names a path, and 'framed' has none; write framed://127.0.0.1:9"},
    {"no_path",
     {"load", "http://127.0.0.1:9", "--request", "plaintext"},
     "'plaintext' is no path; write /plaintext, or /path?query (--request)"},
    {"no_path_among_several",
     {"load", "http://127.0.0.1:9", "--request", "/plaintext", "--request", "json"},
     "'json' is no path; write /plaintext, or /path?query (--request)"},
    {"page_without_a_thought",
     {"load", "127.0.0.1", "9", "--page", "13"},
     "a client thinks before each --page; say how long with --think"},
    {"no_threshold",
     {"load", "127.0.0.1", "9", "--threshold", "p95<1s"},
     "--threshold: 'p95<1s' is not a threshold; write p99<5ms (or p50, p90, p999, max), rate>1000 "
     "or errors<1"},
    {"threshold_without_unit",
     {"load", "127.0.0.1", "9", "--threshold", "p99<5"},
     "--threshold: '5' is not a duration with its unit; write 30s, 200ms or 1.5m"},
    {"two_results_on_stdout",
     {"load", "127.0.0.1", "9", "--json", "-", "--hgrm", "-"},
     "only one result can go to stdout; name a file"},
};

class LoadMistakes : public testing::TestWithParam<LoadMistake> {};

INSTANTIATE_TEST_SUITE_P(Cli, LoadMistakes, testing::ValuesIn(load_mistakes),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(LoadMistakes, AreToldInOneSentence) {
  const Said said = run_weir(GetParam().words);
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + GetParam().sentence});
}

}  // namespace
}  // namespace weir::test
