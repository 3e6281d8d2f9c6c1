// The chat under every model whose sessions can share a room: a crowd that talks all at once, and a
// client that does not listen.
#include <array>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/descriptor.hpp"
#include "lab/process.hpp"
#include "load/transcript.hpp"
#include "support/client.hpp"
#include "support/play.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

// With a sanitizer a line takes ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t crowd_size = 16;
#else
constexpr std::size_t crowd_size = 200;
#endif
constexpr int lines_each = 50;
// What is said at once, by all together, has to be less than a member may be behind: then nobody is
// dismissed, however late its session gets its turn. Room::lines_behind_max.
constexpr int lines_at_once = 5;
static_assert(crowd_size * lines_at_once <= 1024);

/// A client in the room that checks what it hears: of each other member the lines 1, 2, 3 ...
class Guest {
 public:
  Guest(const lab::Server& server, std::size_t crowd) : client_(server.host, server.port) {
    last_.resize(crowd + 1);
    const std::string welcome = "* welcome, guest";
    if (client_.receive(welcome.size()) != welcome) throw std::runtime_error("no welcome");
    while (number_.find('\n') == std::string::npos) number_ += client_.receive(1);
  }

  int fd() const { return client_.fd(); }
  std::string name() const { return "guest" + number_.substr(0, number_.find(';')); }
  std::size_t heard() const { return heard_; }
  /// Of the news that are no lines of guests, the last.
  const std::string& news() const { return news_; }

  /// Says the lines `first` to `last`, in one piece.
  void say(int first, int last, std::string_view filling = "") {
    std::string lines;
    for (int line = first; line <= last; ++line) lines += fmt::format("{}{}\n", line, filling);
    client_.send(lines);
  }

  /// Takes what has arrived, without waiting. Throws when a line is missing or out of order.
  void listen() {
    rest_ += client_.take_arrived();
    std::size_t begin = 0;
    for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      take(std::string_view(rest_).substr(begin, end - begin));
    }
    rest_.erase(0, begin);
  }

  void reset() { client_.reset(); }
  void quit() {
    client_.send("/quit\n");
    client_.wait_for_end();
  }

 private:
  void take(std::string_view line) {
    if (!line.starts_with("guest")) {
      news_ = line;
      return;
    }
    std::size_t speaker = 0;
    int number = 0;
    const char* const end = line.data() + line.size();
    const auto name = std::from_chars(line.data() + 5, end, speaker);
    std::from_chars(name.ptr + 2, end, number);  // behind ": "
    if (speaker >= last_.size() || number != last_[speaker] + 1) {
      throw std::runtime_error(fmt::format("{} heard '{}' after that guest's line {}", this->name(),
                                           line, speaker < last_.size() ? last_[speaker] : -1));
    }
    last_[speaker] = number;
    ++heard_;
  }

  Client client_;
  std::string number_;
  std::vector<int> last_;  // by the number of the guest that said it
  std::size_t heard_ = 0;
  std::string rest_;
  std::string news_;
};

/// Guests, and one thread that waits for all of them: epoll(7).
class Crowd {
 public:
  Crowd(const lab::Server& server, std::size_t size, std::size_t others = 0) {
    for (std::size_t i = 0; i < size; ++i) {
      guests_.emplace_back(server, size + others);
      epoll_event event{EPOLLIN, {.u64 = i}};
      if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, guests_.back().fd(), &event) != 0) {
        throw std::runtime_error("epoll_ctl fails");
      }
    }
  }

  std::vector<Guest>& guests() { return guests_; }

  /// Listens until it is so for everyone.
  template <class Condition>
  void listen_until(Condition condition) {
    std::size_t waiting = 0;
    std::vector<bool> done;
    for (const Guest& guest : guests_) done.push_back(condition(guest));
    for (const bool each : done) waiting += each ? 0 : 1;
    std::array<epoll_event, 256> events;
    while (waiting > 0) {
      constexpr auto timeout_ms = std::chrono::milliseconds(patience).count();
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                     static_cast<int>(timeout_ms));
      if (count <= 0) throw std::runtime_error(fmt::format("{} hear nothing more", waiting));
      for (int i = 0; i < count; ++i) {
        const std::size_t index = events[static_cast<std::size_t>(i)].data.u64;
        guests_[index].listen();
        if (done[index] || !condition(guests_[index])) continue;
        done[index] = true;
        --waiting;
      }
    }
  }

 private:
  lab::Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::vector<Guest> guests_;
};

struct Setup {
  std::string name;
  std::vector<std::string> options;
};

std::ostream& operator<<(std::ostream& out, const Setup& setup) {
  return out << setup.name;
}

class Chat : public testing::TestWithParam<Setup> {
 protected:
  Chat() {
    const std::string model = GetParam().options[1];
    if (is_left_out(model)) return;
    std::vector<std::string> argv{weir_path(), "serve", "chat", "-l", "127.0.0.1:0"};
    argv.insert(argv.end(), GetParam().options.begin(), GetParam().options.end());
    server_.emplace(lab::start_server(argv));
  }
  void SetUp() override {
    if (!server_) GTEST_SKIP() << "weir was built without its library";
  }
  void expect_to_drain() {
    server_->process.signal(SIGTERM);
    EXPECT_EQ(server_->process.wait_for(patience), 0);
  }

  std::optional<lab::Server> server_;
};

TEST_P(Chat, AnswersEveryTranscript) {
  const auto folder = std::filesystem::path(WEIR_SOURCE_DIR) / "tests/transcripts/chat";
  for (const load::Transcript& transcript : load::read_transcripts(folder)) {
    SCOPED_TRACE(transcript.name);
    ASSERT_EQ(play(Client(server_->host, server_->port), transcript), "");
  }
  expect_to_drain();
}

TEST_P(Chat, EveryLineOfTwoHundredArrivesAtEveryoneInOneSendersOrder) {
  if (GetParam().name == "iterative") GTEST_SKIP() << "it serves one client at a time";
  Crowd crowd(*server_, crowd_size);
  for (int said = 0; said < lines_each; said += lines_at_once) {
    for (Guest& guest : crowd.guests()) guest.say(said + 1, said + lines_at_once);
    const std::size_t all = (crowd_size - 1) * static_cast<std::size_t>(said + lines_at_once);
    crowd.listen_until([all](const Guest& guest) { return guest.heard() == all; });
  }
  expect_to_drain();
}

// More than the kernel takes for it, and so more than its session can send.
TEST_P(Chat, AClientThatDoesNotReadIsDroppedAndTheOthersHearEverything) {
  if (GetParam().name == "iterative") GTEST_SKIP() << "it serves one client at a time";
  constexpr std::size_t readers = 5;
  constexpr int at_once = 100;
  const std::string filling(1000, '.');
  Client deaf(server_->host, server_->port, {.socket_buffer_bytes = 16 << 10});
  const std::string welcome = "* welcome, guest1; ";
  ASSERT_EQ(deaf.receive(welcome.size()), welcome);
  Crowd crowd(*server_, readers, 1);
  std::vector<Guest>& guests = crowd.guests();
  const std::string dropped = "* guest1 was too slow and has been dropped";
  const auto drops = [&dropped](const Guest& guest) { return guest.news() == dropped; };
  int said = 0;
  while (!drops(guests.front()) && said < 50'000) {
    guests.front().say(said + 1, said + at_once, filling);
    said += at_once;
    crowd.listen_until([&](const Guest& guest) {
      return &guest == &guests.front() || guest.heard() == static_cast<std::size_t>(said);
    });
    guests.front().listen();
  }
  crowd.listen_until(drops);

  // What it finds when it reads at last: all in order, up to where it was dropped, and why.
  const std::string all = deaf.receive_to_end();
  EXPECT_TRUE(
      all.ends_with("\n! you are too slow: more than 1024 lines behind the others; good-bye\n"))
      << all.substr(all.size() - std::min<std::size_t>(all.size(), 200));
  EXPECT_LT(all.size(), static_cast<std::size_t>(said) * filling.size());
  guests.front().say(said + 1, said + 1);
  crowd.listen_until([&](const Guest& guest) {
    return &guest == &guests.front() || guest.heard() == static_cast<std::size_t>(said) + 1;
  });
  expect_to_drain();
}

TEST_P(Chat, WhoLeavesInWhateverWayIsMissed) {
  if (GetParam().name == "iterative") GTEST_SKIP() << "it serves one client at a time";
  Crowd crowd(*server_, 1, 10);
  const auto hears = [&crowd](const std::string& news) {
    crowd.listen_until([&news](const Guest& guest) { return guest.news() == news; });
  };
  for (const bool by_reset : {true, false}) {
    Guest other(*server_, 3);
    hears("* guest2 has joined");
    if (by_reset)
      other.reset();
    else
      other.quit();
    hears("* guest2 has left");
  }
  Client half(server_->host, server_->port);
  half.send("/name ada\nlast words\nunfinished");
  half.finish();
  EXPECT_TRUE(half.receive_to_end().ends_with("* you are now ada\n* good-bye\n"));
  hears("* ada has left");
  expect_to_drain();
}

const std::vector<Setup> setups{
    {"iterative", {"-m", "iterative"}},
    {"thread", {"-m", "thread"}},
    {"pool", {"-m", "pool", "--pool", "210"}},
    {"fiber", {"-m", "fiber"}},
    {"select", {"-m", "select"}},
    {"poll", {"-m", "poll"}},
    {"epoll", {"-m", "epoll"}},
    {"epoll_level", {"-m", "epoll", "--trigger", "level"}},
    {"uring", {"-m", "uring"}},
    {"uv", {"-m", "uv"}},
    {"asio", {"-m", "asio"}},
    {"reactors", {"-m", "reactors"}},
    {"uring_1x3", {"-m", "uring", "--threads", "3"}},
};

INSTANTIATE_TEST_SUITE_P(Setups, Chat, testing::ValuesIn(setups),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::test
