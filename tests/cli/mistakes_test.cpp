// What a new user does wrong, and the one sentence that he is told: the cause, and the way out.

#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/command.hpp"

namespace weir::test {
namespace {

struct Mistake {
  std::string name;
  std::vector<std::string> words;
  std::string sentence;
  int code = 2;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
  return out << mistake.name;
}

const std::vector<Mistake> mistakes{
    {"unknown_command",
     {"srve"},
     "there is no command 'srve'; did you mean 'serve'? (commands: serve, client, load, compare, "
     "race, prices, predict, report, diff, claims, list, explain, doctor, sim)"},
    {"unknown_option_of_the_command",
     {"--versoin"},
     "'weir' has no option --versoin; did you mean '--version'?"},
    {"option_before_the_verb",
     {"--idle-timeout", "5s", "serve", "framed"},
     "'--idle-timeout' stands before the verb; write it behind 'weir serve'"},
    {"service_missing", {"serve"}, "SERVICE is missing; write for example: weir serve framed"},
    {"unknown_service",
     {"serve", "nosuch"},
     "there is no service 'nosuch' (services: framed, prime, chat, wordgame, relay, work, lookup, "
     "http)"},
    {"misspelt_service",
     {"serve", "framd"},
     "there is no service 'framd'; did you mean 'framed'? (services: framed, prime, chat, "
     "wordgame, relay, work, lookup, http)"},
    {"sessions_that_share_memory_in_a_process_each",
     {"serve", "chat", "--model", "fork"},
     "the sessions of 'chat' share the memory of one process, and --model fork serves each "
     "connection in its own; take --model epoll in one process"},
    {"sessions_that_share_memory_in_several_processes",
     {"serve", "chat", "--processes", "2"},
     "the sessions of 'chat' share the memory of one process, and --processes 2 serves them in "
     "several; take --processes 1"},
    {"a_relay_to_nowhere",
     {"serve", "relay"},
     "a relay has to know the server behind it; add --to HOST:PORT"},
    {"a_relay_to_no_address",
     {"serve", "relay", "--to", "nonsense"},
     "--to: 'nonsense' is not an address: the port is missing; write HOST:PORT, [IPV6]:PORT or "
     "unix:PATH"},
    {"a_relay_that_lets_nothing_through",
     {"serve", "relay", "--to", "127.0.0.1:9", "--bandwidth", "0B/s"},
     "--bandwidth: '0B/s' lets nothing through; write 200KB/s"},
    {"misspelt_model",
     {"serve", "framed", "--model", "epol"},
     "there is no model 'epol'; did you mean 'epoll'? (models: iterative, fork, thread, pool, "
     "fiber, select, poll, epoll, uring, uv, asio)"},
    {"misspelt_option",
     {"serve", "framed", "--modle", "epoll"},
     "'weir serve' has no option --modle; did you mean '--model'?"},
    {"unknown_option",
     {"serve", "framed", "--colour=blue"},
     "'weir serve' has no option --colour; see weir serve --help"},
    {"a_word_too_many",
     {"serve", "framed", "extra"},
     "'extra' is one word too many; see weir serve --help"},
    {"value_missing",
     {"serve", "framed", "-m"},
     "--model needs a value after it; see weir serve --help"},
    {"said_twice",
     {"serve", "framed", "-m", "epoll", "-m", "thread"},
     "--model is said more than once; say it once"},
    {"unit_missing",
     {"serve", "framed", "--idle-timeout", "5"},
     "--idle-timeout: '5' is not a duration with its unit; write 30s, 200ms or 1.5m"},
    {"unit_of_size_missing",
     {"serve", "framed", "--loan-memory", "5"},
     "--loan-memory: '5' is not a size with its unit; write 64KiB, 1MiB or 512B"},
    {"no_number",
     {"serve", "framed", "--backlog", "many"},
     "--backlog: 'many' is not a whole number from 1 to 1048576"},
    {"number_too_small",
     {"serve", "framed", "--backlog=-1"},
     "--backlog: '-1' is not a whole number from 1 to 1048576"},
    {"quiet_and_verbose",
     {"serve", "framed", "-q", "-v"},
     "--verbose and --quiet can't go together; leave one out"},
    {"trigger_of_another_model",
     {"serve", "framed", "--trigger", "level", "-m", "thread"},
     "--trigger goes with --model epoll, not with 'thread'"},
    {"pool_of_another_model",
     {"serve", "framed", "--pool", "8", "-m", "thread"},
     "--pool goes with --model pool, not with 'thread'"},
    {"pool_without_a_thread",
     {"serve", "framed", "-m", "pool", "--pool", "0"},
     "--pool: '0' is not a whole number from 1 to 100000"},
    {"unknown_trigger",
     {"serve", "framed", "--trigger", "levl"},
     "--trigger is edge or level, not 'levl'"},
    {"stack_of_another_model",
     {"serve", "framed", "--stack", "64KiB", "-m", "epoll"},
     "--stack goes with --model fiber, not with 'epoll'"},
    {"stack_too_small",
     {"serve", "framed", "--stack", "4KiB", "-m", "fiber"},
     "--stack is from 32KiB to 1GiB; 64KiB is enough for most sessions"},
    {"no_number_of_processes",
     {"serve", "framed", "--processes", "some"},
     "--processes: 'some' is not a whole number from 1 to 1024, or auto"},
    {"no_threads",
     {"serve", "framed", "--threads", "0"},
     "--threads: '0' is not a whole number from 1 to 1024, or auto"},
    {"too_many_workers",
     {"serve", "framed", "--processes", "1000", "--threads", "1000"},
     "1000 processes x 1000 threads are too many; take no more than 4096 workers in all"},
    {"unknown_accept",
     {"serve", "framed", "--accept", "shared"},
     "--accept: 'shared' is not shard or share"},
    {"sharded_path",
     {"serve", "framed", "--processes", "2", "--accept", "shard", "-l", "unix:/tmp/weir"},
     "a unix path can't be sharded; take --accept share, or listen on a port"},
    {"misspelt_product",
     {"serve", "framed", "-m", "prefrok"},
     "there is no model 'prefrok'; did you mean 'prefork'? (models: iterative, fork, thread, pool, "
     "fiber, select, poll, epoll, uring, uv, asio)"},
    {"trigger_of_another_product",
     {"serve", "framed", "--trigger", "level", "-m", "prefork"},
     "--trigger goes with --model epoll, not with 'prefork'"},
    {"port_missing",
     {"serve", "framed", "-l", "127.0.0.1"},
     "'127.0.0.1' is not an address: the port is missing; write HOST:PORT, [IPV6]:PORT or "
     "unix:PATH"},
    {"port_too_large",
     {"serve", "framed", "-l", "127.0.0.1:99999"},
     "'127.0.0.1:99999' is not an address: '99999' is not a port (0 to 65535); write HOST:PORT, "
     "[IPV6]:PORT or unix:PATH"},
    {"path_missing",
     {"serve", "framed", "-l", "unix:"},
     "'unix:' is not an address: the path is missing; write HOST:PORT, [IPV6]:PORT or unix:PATH"},
    {"ipv6_without_brackets",
     {"serve", "framed", "-l", "::1:80"},
     "'::1:80' is not an address: an IPv6 address stands in brackets; write HOST:PORT, "
     "[IPV6]:PORT or unix:PATH"},
    {"foreign_address",
     {"serve", "framed", "-l", "192.0.2.1:9090"},
     "192.0.2.1:9090 is not an address of this machine; try --listen 127.0.0.1:9090",
     1},
    {"no_directory",
     {"serve", "framed", "-l", "unix:/nonexistent/socket"},
     "can't listen on unix:/nonexistent/socket: No such file or directory; take another address "
     "with --listen",
     1},
    {"client_without_service",
     {"client"},
     "SERVICE is missing; write for example: weir client framed -n 3 127.0.0.1 9090"},
    {"client_without_host",
     {"client", "framed"},
     "HOST is missing; write for example: weir client framed -n 3 127.0.0.1 9090"},
    {"client_without_port",
     {"client", "framed", "127.0.0.1"},
     "PORT is missing; write for example: weir client framed -n 3 127.0.0.1 9090"},
    {"client_with_bad_port",
     {"client", "framed", "127.0.0.1", "http"},
     "'127.0.0.1:http' is not an address: 'http' is not a port (0 to 65535); write HOST:PORT, "
     "[IPV6]:PORT or unix:PATH"},
    {"no_client",
     {"client", "framed", "-n", "0", "127.0.0.1", "9"},
     "--clients: '0' is not a whole number from 1 to 10000"},
    {"a_person_and_simulated_clients",
     {"client", "wordgame", "-i", "-n", "2", "127.0.0.1", "9"},
     "--clients and --interactive can't go together; leave one out"},
    {"no_seed_of_words",
     {"serve", "wordgame", "--word-seed", "four"},
     "--word-seed: 'four' is not a whole number from 0 to 18446744073709551615"},
    {"no_pace",
     {"client", "framed", "--pace", "quick", "127.0.0.1", "9"},
     "--pace: 'quick' is not a number from 0 to 1000"},
    {"target_missing",
     {"load"},
     "TARGET is missing; write for example: weir load framed://127.0.0.1:9090"},
    {"target_without_scheme",
     {"load", "127.0.0.1:9"},
     "'127.0.0.1:9' is not a target; write framed://127.0.0.1:9"},
    {"target_without_port",
     {"load", "localhost"},
     "'localhost' is not a target; write framed://localhost:PORT"},
    {"target_of_unknown_service",
     {"load", "gopher://127.0.0.1:9"},
     "there is no service 'gopher' (services: framed, prime, chat, wordgame, relay, work, lookup, "
     "http)"},
    {"no_connection",
     {"load", "127.0.0.1", "9", "-c", "0"},
     "--connections: '0' is not a whole number from 1 to 1000000"},
    {"no_duration",
     {"load", "127.0.0.1", "9", "-d", "0s"},
     "--duration: '0s' is too short; write 1ms or more"},
    {"no_process",
     {"load", "127.0.0.1", "9", "--server-pid", "999999999"},
     "there is no process 999999999 (--server-pid)"},
    {"explain_nothing", {"explain"}, "MODEL is missing; write for example: weir explain epoll"},
    {"explain_two_things",
     {"explain", "epoll", "--all"},
     "'epoll' and --all can't go together; leave one out"},
    {"explain_one_as_the_page",
     {"explain", "epoll", "--markdown"},
     "--markdown is the page of all models; say --all with it"},
    {"explain_figures_of_no_file",
     {"explain", "epoll", "--results", "/nonexistent/results.json"},
     "can't read /nonexistent/results.json: No such file or directory; weir compare --sweep "
     "--json /nonexistent/results.json makes it"},
    {"explain_figures_of_something_else",
     {"explain", "epoll", "--results", "/proc/version"},
     "/proc/version is not what weir compare --sweep writes; name another file with --results"},
    {"list_a_word_too_many",
     {"list", "models"},
     "'models' is one word too many; see weir list --help"},
    {"value_for_a_flag", {"compare", "--plan=yes"}, "--plan takes no value; leave it out"},
};

class Mistakes : public testing::TestWithParam<Mistake> {};

INSTANTIATE_TEST_SUITE_P(Cli, Mistakes, testing::ValuesIn(mistakes),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(Mistakes, AreToldInOneSentence) {
  const Said said = run_weir(GetParam().words);
  EXPECT_EQ(said.code, GetParam().code);
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + GetParam().sentence});
}

TEST(BusyPort, IsToldWithItsOwner) {
  lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const std::string address = "127.0.0.1:" + std::to_string(server.port);
  const Said said = run_weir({"serve", "framed", "-l", address});
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.errors, std::vector<std::string>{
                             fmt::format("weir: {} is in use (pid {}); try --listen 127.0.0.1:0",
                                         address, server.process.pid())});
}

TEST(NothingSaid, GetsTheHelpInGroups) {
  const Said said = run_weir({});
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.output, "");
  std::string text;
  for (const std::string& line : said.errors) text += line + "\n";
  const std::size_t run = text.find("\nRun:\n");
  const std::size_t measure = text.find("\nMeasure:\n");
  ASSERT_NE(run, std::string::npos) << text;
  ASSERT_NE(measure, std::string::npos) << text;
  EXPECT_LT(run, text.find("  serve "));
  EXPECT_LT(text.find("  client "), measure);
  EXPECT_LT(measure, text.find("  load "));
  EXPECT_LT(measure, text.find("  compare "));
}

TEST(Help, HasTwoExamplesForEachVerb) {
  for (const std::string verb : {"serve", "client", "load", "compare", "prices", "report", "diff",
                                 "list", "explain", "doctor"}) {
    const Said said = run_weir({verb, "--help"});
    EXPECT_EQ(said.code, 0);
    EXPECT_TRUE(said.errors.empty());
    const std::size_t examples = said.output.find("\nExamples:\n");
    ASSERT_NE(examples, std::string::npos) << said;
    const std::string line = "\n  weir " + verb;
    const std::size_t first = said.output.find(line, examples);
    ASSERT_NE(first, std::string::npos) << said;
    EXPECT_NE(said.output.find(line, first + 1), std::string::npos) << said;
  }
}

TEST(Version, NamesVersionAndModels) {
  const Said said = run_weir({"--version"});
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.output.substr(0, 5), "weir ");
  EXPECT_NE(
      said.output.find("iterative, fork, thread, pool, fiber, select, poll, epoll, uring, uv, "
                       "asio"),
      std::string::npos);
}

}  // namespace
}  // namespace weir::test
