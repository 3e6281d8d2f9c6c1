// A program with a service of its own: what it is told when something is missing or wrong.
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

Said run_own(const std::vector<std::string>& words) {
  std::vector<std::string> argv{built_path("tests/programs/own")};
  argv.insert(argv.end(), words.begin(), words.end());
  lab::Process process = lab::Process::start(argv);
  return finish(process);
}

struct OwnMistake {
  std::string name;
  std::vector<std::string> words;
  std::string sentence;
};

std::ostream& operator<<(std::ostream& out, const OwnMistake& mistake) {
  return out << mistake.name;
}

const std::vector<OwnMistake> own_mistakes{
    {"no_service", {"nothing"}, "no service was given to weir::run; give it one"},
    {"no_name", {"no_name", "serve"}, "service '' needs a name and a session; give it both"},
    {"no_session",
     {"no_session", "list"},
     "service 'own' needs a name and a session; give it both"},
    {"misspelt_step",
     {"misspelt", "serve"},
     "the transcript of 'own':2: there is no step 'sned' (only send, expect, pause, finish, end)"},
    {"client_without_transcript",
     {"no_transcript", "client", "127.0.0.1", "1"},
     "service 'own' has no simulated client; give it a transcript, or a client"},
    {"load_without_transcript",
     {"no_transcript", "load", "127.0.0.1", "1"},
     "service 'own' has no client side to make a load with; give it a transcript, or exchanges"},
    {"compare_without_transcript",
     {"no_transcript", "compare"},
     "service 'own' has no client side to make a load with; give it a transcript, or exchanges"},
    {"nothing_to_repeat",
     {"one_shot", "load", "127.0.0.1", "1"},
     "nothing in the transcript of 'own' can be sent again and again on one connection; let a send "
     "and an expect come before its end"},
    {"other_request_size",
     {"none", "load", "127.0.0.1", "1", "--request-bytes", "64B"},
     "the requests of 'own' have 3 bytes; leave --request-bytes out"},
    {"its_name_said", {"none", "serve", "own"}, "'own' is one word too many; see own serve --help"},
    {"model_that_cannot_share",
     {"shared", "compare", "-m", "epoll,fork"},
     "the sessions of 'own' share the memory of one process, and --model fork serves each "
     "connection in its own; take --model epoll in one process"},
    {"option_without_dashes",
     {"no_option", "list"},
     "service 'own' has an option '-pool'; write it --like-this"},
    {"option_that_serve_has",
     {"taken_option", "list"},
     "service 'own' has an option --pool, which 'serve' has of its own; give it another name"},
    {"option_value_in_compare", {"compare", "--key", "please"}, "--key: it stays shut"},
    {"option_missing_in_compare", {"compare"}, "it is shut; add --key WORD"},
};

class OwnServiceMistake : public testing::TestWithParam<OwnMistake> {};

TEST_P(OwnServiceMistake, IsToldInOneSentence) {
  const Said said = run_own(GetParam().words);
  EXPECT_EQ(said.code, 2) << said;
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + GetParam().sentence}) << said;
}

INSTANTIATE_TEST_SUITE_P(Each, OwnServiceMistake, testing::ValuesIn(own_mistakes),
                         [](const auto& each) { return each.param.name; });

TEST(OwnService, ComparesUnderTheModelsThatCanShareItsMemory) {
  const Said said = run_own({"shared", "compare", "--plan", "-c", "1", "--blocks", "1"});
  EXPECT_EQ(said.code, 0) << said;
  ASSERT_FALSE(said.errors.empty());
  const std::string told = "weir: fork is left out: the sessions of 'own' share the memory";
  EXPECT_EQ(said.errors[0].substr(0, told.size()), told) << said;
  // The others, and the reference once more.
  std::size_t models = model_names().size() - 1;
  EXPECT_EQ(said.output.substr(0, said.output.find(' ')), std::to_string(models + 1)) << said;
}

TEST(OwnService, HasItsOptionsPassedOnToTheServersThatCompareStarts) {
  const Said said = run_own({"compare", "-m", "epoll", "-c", "1", "--blocks", "1", "--window",
                             "50ms", "-q", "--key", "sesame", "--report", "", "--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json results = lab::Json::parse(said.output);
  const auto& rows = results.at("rows").elements();
  ASSERT_EQ(rows.size(), 1u) << said;
  EXPECT_GT(rows[0].at("throughput_rps").number_or(0), 0) << said;
}

}  // namespace
}  // namespace weir::test
