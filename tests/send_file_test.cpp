// A session that sends files, under each model, over real sockets.
#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/descriptor.hpp"
#include "core/shared.hpp"
#include "core/work.hpp"
#include "model_cases.hpp"
#include "session_peer.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;

/// An open file without a name.
class File {
 public:
  explicit File(const std::string& bytes)
      : fd_(::open(std::filesystem::temp_directory_path().c_str(), O_TMPFILE | O_RDWR, 0600)) {
    EXPECT_EQ(::write(fd(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  int fd() const { return fd_.get(); }

 private:
  Descriptor fd_;
};

std::string letters(std::size_t count) {
  std::string bytes(count, ' ');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>('a' + i * i % 26);
  return bytes;
}

std::string receive_all(int fd, useconds_t pause_us) {
  std::string received;
  std::vector<char> room(1 << 20);
  for (ssize_t count; (count = ::recv(fd, room.data(), room.size(), 0)) > 0;) {
    received.append(room.data(), static_cast<std::size_t>(count));
    if (pause_us > 0) ::usleep(pause_us);
  }
  return received;
}

struct Sent {
  std::size_t bytes = 0;
  std::error_code error;
};

struct Wanted {
  int file;
  std::uint64_t offset;
  std::size_t length;
};

Task<> sends(Io& io, Address address, Wanted wanted, Sent& sent) {
  const Connected server = co_await io.connect(address);
  Stream& stream = *server.stream;
  stream.deadline(Duration(0));  // bounds reads and waits, and so not this
  try {
    sent.bytes = co_await stream.send_file("head ", wanted.file, wanted.offset, wanted.length);
    co_await stream.write(" tail");
    stream.no_deadline();
    stream.finish();
    co_await stream.read();
  } catch (const StreamError& error) {
    sent.error = error.code();
  }
}

class AFile : public UnderAModel {
 protected:
  void SetUp() override {
    UnderAModel::SetUp();
    ::signal(SIGPIPE, SIG_IGN);
  }

  Sent send(const Address& address, const Wanted& wanted, const Limits& limits = {}) {
    Stop stop;
    Work work(stop, limits);
    const Shared<Sent> sent;
    work.begin_with.push_back([&](Io& io) { return sends(io, address, wanted, *sent); });
    model_->serve(work);
    return *sent;
  }
};

TEST_P(AFile, IsSentWholeToAReaderWhoTakesHisTime) {
  const std::string bytes = letters(8'000'000);
  const File file(bytes);
  std::string received;
  Sent sent;
  {
    Server server([&received](int fd) { received = receive_all(fd, 2000); });
    sent = send(server.address(), {file.fd(), 0, bytes.size()});
  }
  EXPECT_FALSE(sent.error) << sent.error.message();
  EXPECT_EQ(sent.bytes, bytes.size());
  EXPECT_TRUE(received == "head " + bytes + " tail") << received.size();
}

TEST_P(AFile, IsSentInPart) {
  const File file(letters(1000));
  std::string received;
  Sent sent;
  {
    Server server([&received](int fd) { received = receive_all(fd, 0); });
    sent = send(server.address(), {file.fd(), 100, 50});
  }
  EXPECT_EQ(sent.bytes, 50u);
  EXPECT_EQ(received, "head " + letters(1000).substr(100, 50) + " tail");
}

TEST_P(AFile, ThatIsShorterThanWasSaidIsTold) {
  const File file(letters(1000));
  std::string received;
  Sent sent;
  {
    Server server([&received](int fd) { received = receive_all(fd, 0); });
    sent = send(server.address(), {file.fd(), 900, 500});
  }
  EXPECT_FALSE(sent.error) << sent.error.message();
  EXPECT_EQ(sent.bytes, 100u);
  EXPECT_EQ(received, "head " + letters(1000).substr(900) + " tail");
}

TEST_P(AFile, ThatNobodyTakesIsGivenUp) {
  const std::string bytes(20'000'000, 'x');
  const File file(bytes);
  Limits limits;
  limits.write_timeout = milliseconds(50);
  const Shared<std::atomic<bool>> over;
  Sent sent;
  {
    Server server([&over](int) {
      while (!*over) ::usleep(1000);
    });
    sent = send(server.address(), {file.fd(), 0, bytes.size()}, limits);
    *over = true;
  }
  EXPECT_EQ(sent.error, std::errc::timed_out) << sent.error.message();
}

TEST_P(AFile, EndsWithItsConnection) {
  const std::string bytes(20'000'000, 'x');
  const File file(bytes);
  Sent sent;
  {
    Server server([](int fd) {
      char head[4];
      ::recv(fd, head, sizeof head, MSG_WAITALL);
      const linger at_once{1, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    });
    sent = send(server.address(), {file.fd(), 0, bytes.size()});
  }
  EXPECT_TRUE(sent.error == std::errc::connection_reset || sent.error == std::errc::broken_pipe)
      << sent.error.message();
}

TEST_P(AFile, ThatCanNotBeReadFails) {
  const Descriptor directory(::open("/", O_RDONLY | O_DIRECTORY));
  Sent sent;
  {
    Server server([](int fd) { receive_all(fd, 0); });
    sent = send(server.address(), {directory.get(), 0, 10});
  }
  EXPECT_TRUE(sent.error == std::errc::is_a_directory || sent.error == std::errc::invalid_argument)
      << sent.error.message();
}

INSTANTIATE_TEST_SUITE_P(Under, AFile, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
