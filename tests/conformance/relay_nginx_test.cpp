// A relay in front of a server that is not ours: Debian's nginx, asked by curl. What comes through
// is what was sent, and a client that stalls makes the relay hold no more than what is on its way.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/meter.hpp"
#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes = 100'000'000;

/// Where the program is, or "".
std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return {};
}

/// A folder of its own that goes when it goes.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "weir-relay-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("there is no room for a folder");
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

void make_file(const std::string& path) {
  std::mt19937_64 random(4);
  std::vector<std::uint64_t> words(file_bytes / sizeof(std::uint64_t));
  for (std::uint64_t& word : words) word = random();
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(words.data()), file_bytes);
  if (!file.flush()) throw std::runtime_error("no room for a file of 100 MB in " + path);
}

bool accepts(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const bool connected =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

/// nginx with one file to be fetched, on a unix socket: a port would have to be guessed.
class Nginx {
 public:
  explicit Nginx(const std::string& program) {
    make_file(file());
    std::ofstream(folder_ / "nginx.conf") << fmt::format(
        "daemon off; master_process off; pid {0}/pid; error_log stderr;\n"
        "events {{}}\n"
        "http {{\n"
        "  access_log off; root {0};\n"
        "  client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f;\n"
        "  uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n"
        "  server {{ listen unix:{0}/socket; }}\n"
        "}}\n",
        folder_ / "");
    process_ = lab::Process::start({program, "-c", folder_ / "nginx.conf"});
    while (!accepts(folder_ / "socket")) {
      if (process_->wait_for(std::chrono::milliseconds(5))) {
        throw std::runtime_error("nginx does not start: " + process_->take_errors());
      }
    }
  }

  std::string file() const { return folder_ / "file"; }
  std::string address() const { return "unix:" + folder_ / "socket"; }

 private:
  Folder folder_;
  std::optional<lab::Process> process_;
};

class RelayOfNginx : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    const std::string program = find_program("nginx");
    if (!program.empty() && !find_program("curl").empty()) nginx_.emplace(program);
  }
  static void TearDownTestSuite() { nginx_.reset(); }

  void SetUp() override {
    if (!nginx_) GTEST_SKIP() << "nginx or curl is not installed (nginx-light, curl)";
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  }

  static lab::Server start_relay() {
    return lab::start_server({weir_path(), "serve", "relay", "--to", nginx_->address(), "-l",
                              "127.0.0.1:0", "-m", GetParam()});
  }

  static std::optional<Nginx> nginx_;
};

std::optional<Nginx> RelayOfNginx::nginx_;

TEST_P(RelayOfNginx, CarriesAHundredMegabytesToCurl) {
  const lab::Server relay = start_relay();
  lab::Process compare = lab::Process::start(
      {"sh", "-c",
       fmt::format("curl --silent --show-error --fail --max-time 60 http://{}:{}/file | cmp - {}",
                   relay.host, relay.port, nginx_->file())});
  EXPECT_EQ(compare.wait_for(2 * patience), 0)
      << compare.read_output_all() << compare.take_errors();
}

/// The relay's anonymous memory, of all its processes.
double user_bytes(const lab::Server& relay) {
  const lab::Figure bytes = lab::ProcessMeter(relay.process.pid()).sample().user_bytes;
  if (!bytes.known()) throw std::runtime_error(bytes.reason());
  return bytes.value_or(0);
}

TEST_P(RelayOfNginx, HoldsNoMoreForClientsThatStall) {
  constexpr std::string_view request = "GET /file HTTP/1.0\r\n\r\n";
  constexpr double growth_max = 4 << 20;
  const std::size_t clients = GetParam() == "iterative" ? 1 : 4;
  const lab::Server relay = start_relay();
  const auto connect = [&relay] { return Client(relay.host, relay.port); };
  Client first = connect();  // what the model has to make for any client is there then
  first.send(request);
  EXPECT_EQ(first.receive(15), "HTTP/1.1 200 OK");
  first.reset();
  const double before = user_bytes(relay);

  std::vector<Client> stalled;
  for (std::size_t i = 0; i < clients; ++i) {
    stalled.push_back(connect());
    stalled.back().send(request);
  }
  for (Client& client : stalled) client.wait_until_standstill();
  EXPECT_LT(user_bytes(relay) - before, growth_max);

  // And it goes on where it stood.
  std::string expected(file_bytes / 5, '\0');
  std::ifstream(nginx_->file(), std::ios::binary)
      .read(expected.data(), static_cast<std::streamsize>(expected.size()));
  std::string head = stalled.front().receive(4);
  while (!head.ends_with("\r\n\r\n") && head.size() < 4096) head += stalled.front().receive(1);
  ASSERT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_EQ(difference(expected, stalled.front().receive(expected.size())), "");
}

INSTANTIATE_TEST_SUITE_P(Models, RelayOfNginx, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
