#include "support/servers.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <signal.h>
#include <stdexcept>
#include <string_view>
#include <sys/resource.h>
#include <utility>

#include <fmt/format.h>

#include "lab/meter.hpp"

namespace weir::test {
namespace {

std::string from_environment(const char* variable, const char* default_path) {
  const char* const given = std::getenv(variable);
  if (given != nullptr && *given != '\0') return given;
  return (std::filesystem::path(WEIR_SOURCE_DIR) / default_path).string();
}

// The value of a line `NAME: VALUE` in /proc/PID/status.
std::string status_of(pid_t pid, const std::string& name) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name + ":", 0) == 0) return line.substr(name.size() + 1);
  }
  throw std::runtime_error(fmt::format("process {} tells no {}", pid, name));
}

/// The models that are held to everything in several workers as well. One that serves a connection at
/// a time does so in each worker, but which of them gets a connection is the kernel's choice.
const std::vector<std::pair<std::string, ServerKind::Serves>> in_matrix{
    {"iterative", ServerKind::Serves::one_at_a_time},
    {"pool", ServerKind::Serves::many_at_once},
    {"epoll", ServerKind::Serves::many_at_once},
    {"uring", ServerKind::Serves::many_at_once},
};

/// Takes out those whose model this build is without.
void erase_left_out(std::vector<ServerKind>& kinds) {
  std::erase_if(kinds, [](const ServerKind& kind) {
    return is_left_out(kind.name.substr(kind.name.find_last_of('_') + 1));
  });
}

}  // namespace

std::string weir_path() {
  return from_environment("WEIR", "build/weir");
}

std::string built_path(const std::string& name) {
  return (std::filesystem::path(weir_path()).parent_path() / name).string();
}

std::vector<ServerKind> in_workers(const std::string& model, ServerKind::Serves serves,
                                   const std::string& service) {
  const std::vector<std::string> none;
  const std::vector<std::string> pool_for_a_crowd{"--pool", "700"};  // of each worker
  std::vector<ServerKind> kinds;
  for (const char* processes : {"1", "3"}) {
    for (const char* threads : {"1", "2"}) {
      if (*processes == '1' && *threads == '1') continue;
      for (const char* accept : {"shard", "share"}) {
        kinds.push_back({fmt::format("weir_{}_{}x{}_{}", model, processes, threads, accept),
                         {weir_path(), "serve", service, "-l", "127.0.0.1:0", "-m", model,
                          "--processes", processes, "--threads", threads, "--accept", accept},
                         ServerKind::Maker::weir,
                         serves,
                         SIZE_MAX,
                         model == "pool" ? pool_for_a_crowd : none});
      }
    }
  }
  return kinds;
}

std::vector<std::string> model_names() {
  std::vector<std::string> names{"iterative", "fork",  "thread", "pool", "fiber", "select",
                                 "poll",      "epoll", "uring",  "uv",   "asio"};
  std::erase_if(names, is_left_out);
  return names;
}

std::vector<ServerKind> weir_servers(const std::string& service) {
  using Maker = ServerKind::Maker;
  using Serves = ServerKind::Serves;
  const auto serve = [&](const std::string& model) {
    return std::vector<std::string>{weir_path(),   "serve", service, "-l",
                                    "127.0.0.1:0", "-m",    model};
  };
  std::vector<std::string> level = serve("epoll");
  level.insert(level.end(), {"--trigger", "level"});
  std::vector<ServerKind> kinds{
      {"weir_iterative", serve("iterative"), Maker::weir, Serves::one_at_a_time},
      {"weir_fork", serve("fork"), Maker::weir, Serves::many_at_once},
      {"weir_thread", serve("thread"), Maker::weir, Serves::many_at_once},
      {"weir_fiber", serve("fiber"), Maker::weir, Serves::many_at_once},
      {"weir_select", serve("select"), Maker::weir, Serves::many_at_once, 1000},
      {"weir_poll", serve("poll"), Maker::weir, Serves::many_at_once},
      {"weir_pool", serve("pool"), Maker::weir, Serves::many_at_once, SIZE_MAX, {"--pool", "1300"}},
      {"weir_epoll", serve("epoll"), Maker::weir, Serves::many_at_once},
      {"weir_epoll_level", level, Maker::weir, Serves::many_at_once},
      {"weir_uv", serve("uv"), Maker::weir, Serves::many_at_once},
      {"weir_asio", serve("asio"), Maker::weir, Serves::many_at_once},
      {"weir_uring", serve("uring"), Maker::weir, Serves::many_at_once},
  };
  erase_left_out(kinds);
  for (const auto& [model, serves] : in_matrix) {
    if (is_left_out(model)) continue;
    for (ServerKind& kind : in_workers(model, serves, service)) kinds.push_back(std::move(kind));
  }
  return kinds;
}

std::vector<ServerKind> framed_servers() {
  using Maker = ServerKind::Maker;
  using Serves = ServerKind::Serves;
  const std::string by_hand = from_environment("WEIR_BY_HAND", "build/by_hand");
  const auto hand = [&](const std::string& model) {
    return std::vector<std::string>{by_hand + "/" + model, "127.0.0.1:0"};
  };
  std::vector<ServerKind> written_by_hand{
      {"by_hand_iterative", hand("iterative"), Maker::hand, Serves::one_at_a_time},
      {"by_hand_fork", hand("fork"), Maker::hand, Serves::many_at_once},
      {"by_hand_thread", hand("thread"), Maker::hand, Serves::many_at_once},
      {"by_hand_select", hand("select"), Maker::hand, Serves::many_at_once, 1000},
      {"by_hand_poll", hand("poll"), Maker::hand, Serves::many_at_once},
      {"by_hand_pool", hand("pool"), Maker::hand, Serves::many_at_once, SIZE_MAX, {"1300"}},
      {"by_hand_epoll", hand("epoll"), Maker::hand, Serves::many_at_once},
      {"by_hand_uv", hand("uv"), Maker::hand, Serves::many_at_once},
      {"by_hand_asio", hand("asio"), Maker::hand, Serves::many_at_once},
      {"by_hand_uring", hand("uring"), Maker::hand, Serves::many_at_once},
  };
  erase_left_out(written_by_hand);
  std::vector<ServerKind> kinds = weir_servers("framed");
  kinds.insert(kinds.end(), written_by_hand.begin(), written_by_hand.end());
  return kinds;
}

std::vector<ServerKind> one_worker_servers(const std::string& service) {
  std::vector<ServerKind> kinds = weir_servers(service);
  std::erase_if(kinds, [](const ServerKind& kind) {
    return kind.name.ends_with("_shard") || kind.name.ends_with("_share");
  });
  return kinds;
}

std::vector<ServerKind> framed_servers(bool (*wanted)(const ServerKind&)) {
  std::vector<ServerKind> kinds = framed_servers();
  std::erase_if(kinds, [&](const ServerKind& kind) { return !wanted(kind); });
  return kinds;
}

bool is_left_out(const std::string& model) {
  return std::string_view(WEIR_LEFT_OUT).find(" " + model + " ") != std::string_view::npos;
}

bool is_made_by_weir(const ServerKind& kind) {
  return kind.maker == ServerKind::Maker::weir;
}

bool serves_many_at_once(const ServerKind& kind) {
  return kind.serves == ServerKind::Serves::many_at_once;
}

std::ostream& operator<<(std::ostream& out, const ServerKind& kind) {
  return out << kind.name;
}

std::string instance_name(const testing::TestParamInfo<ServerKind>& info) {
  return info.param.name;
}

RunningServer::RunningServer(const ServerKind& kind, const std::vector<std::string>& more)
    : server_([&] {
        std::vector<std::string> argv = kind.argv;
        argv.insert(argv.end(), more.begin(), more.end());
        return lab::start_server(argv);
      }()) {}

Client RunningServer::connect_silently(Client::Options options) const {
  return Client(server_.host, server_.port, options);
}

Client FramedServer::connect(Client::Options options) const {
  Client client = connect_silently(options);
  const std::string greeting = client.receive(1);
  if (greeting != "*") throw std::runtime_error("the greeting was '" + greeting + "', not '*'");
  return client;
}

void FramedServer::expect_to_serve() const {
  Client client = connect();
  client.send("xyz^abc$^");
  EXPECT_EQ(client.receive(3), "bcd");
  client.send("de");
  client.finish();
  EXPECT_EQ(client.receive_to_end(), "ef");
}

void FramedServer::expect_to_live_and_drain() {
  ASSERT_NO_FATAL_FAILURE(expect_to_live());
  expect_to_serve();
  expect_to_drain();
}

void RunningServer::expect_to_live() {
  ASSERT_EQ(process().wait_for(std::chrono::milliseconds(0)), std::nullopt) << "it has ended";
}

void RunningServer::expect_to_drain() {
  process().signal(SIGTERM);
  EXPECT_EQ(process().wait_for(patience), 0);
}

std::vector<pid_t> RunningServer::processes() const {
  const pid_t pid = server_.process.pid();
  std::vector<pid_t> pids{pid};
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid));
  for (pid_t child = 0; children >> child;) pids.push_back(child);
  return pids;
}

std::size_t RunningServer::resident_bytes() const {
  const lab::Sample sample = lab::ProcessMeter(server_.process.pid()).sample();
  if (!sample.proportional_bytes.known()) {
    throw std::runtime_error(sample.proportional_bytes.reason());
  }
  return static_cast<std::size_t>(sample.proportional_bytes.value_or(0));
}

void RunningServer::limit_address_space(std::size_t more_bytes) const {
  const pid_t pid = server_.process.pid();
  std::ifstream sizes(fmt::format("/proc/{}/statm", pid));  // proc(5): its first number is in pages
  std::size_t pages = 0;
  sizes >> pages;
  const rlimit little{pages * 4096 + more_bytes, RLIM_INFINITY};
  if (::prlimit(pid, RLIMIT_AS, &little, nullptr) != 0) throw std::runtime_error("no prlimit");
}

void RunningServer::wait_until_signal_taken(int number) const {
  const auto bit = 1ULL << (number - 1);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while ((std::stoull(status_of(server_.process.pid(), "ShdPnd"), nullptr, 16) & bit) != 0) {
    if (std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("waited in vain for the server to take the signal");
    }
    sched_yield();
  }
}

std::string framed_answer(bool& inside, std::string_view bytes) {
  std::string answer;
  for (const char byte : bytes) {
    if (!inside) {
      inside = byte == '^';
    } else if (byte == '$') {
      inside = false;
    } else {
      answer += static_cast<char>(static_cast<unsigned char>(byte) + 1);
    }
  }
  return answer;
}

}  // namespace weir::test
