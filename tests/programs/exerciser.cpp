// A service whose sessions use every verb, for the simulator: a request is a letter and a line, and
// the letter says by which way the line comes back.
#include <charconv>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <weir/weir.hpp>

namespace {

using weir::Bytes;
using weir::Io;
using weir::Stream;
using weir::Task;

constexpr std::size_t line_bytes_max = 32 * 1024;
constexpr std::string_view ways = "rpssoooooolumdnnnnnwxx";

struct Letter {
  std::string line;
};

/// Through which one session posts a letter to another.
class PostOffice {
 public:
  std::uint64_t rent(weir::Mailbox<Letter>& mailbox) {
    const std::lock_guard lock(mutex_);
    boxes_.emplace(++last_, &mailbox);
    return last_;
  }
  void give_up(std::uint64_t box) {
    const std::lock_guard lock(mutex_);
    boxes_.erase(box);
  }
  /// `letter`: the number of the box, a blank, and the line.
  void post(std::string_view letter) {
    std::uint64_t box = 0;
    const char* const end = letter.data() + letter.size();
    const char* const blank = std::from_chars(letter.data(), end, box).ptr;
    const std::lock_guard lock(mutex_);
    const auto found = boxes_.find(box);  // or its owner is gone
    if (found != boxes_.end()) posted_ += found->second->post({std::string(blank + 1, end)});
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, weir::Mailbox<Letter>*> boxes_;
  std::uint64_t last_ = 0;
  std::uint64_t posted_ = 0;
};

PostOffice& post_office() {
  static PostOffice office;
  return office;
}

/// A box that its owner has rented as long as this lives.
struct Box {
  explicit Box(weir::Mailbox<Letter>& mailbox) : number(post_office().rent(mailbox)) {}
  ~Box() { post_office().give_up(number); }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;
  const std::uint64_t number;
};

/// Lines out of pieces.
class Lines {
 public:
  void add(std::string_view bytes) { pending_.append(bytes); }
  /// A whole line, without its end; false: there is none yet.
  bool next(std::string& line) {
    const std::size_t end = pending_.find('\n');
    if (end == std::string::npos) return false;
    line.assign(pending_, 0, end);
    pending_.erase(0, end + 1);
    return true;
  }
  bool too_long() const { return pending_.size() > line_bytes_max; }

 private:
  std::string pending_;
};

Task<> write_in_parts(Stream& peer, std::string_view line) {
  const std::string_view front = line.substr(0, line.size() / 3);
  const std::string_view back = line.substr(front.size());
  co_await peer.write(front, "", back, "\n");
}

Task<> write_by_some(Stream& peer, std::string line) {
  line += '\n';
  std::string_view left = line;
  while (!left.empty()) {
    left.remove_prefix(peer.write_some(left.substr(0, 9)));
    if (left.empty()) break;
    co_await peer.io().wait(weir::writable(peer));
  }
}

Task<> write_offloaded(Stream& peer, const std::string& line) {
  const auto work = [&line] { return line + '\n'; };
  const std::string answer = co_await peer.io().offload(work);
  co_await peer.write(answer);
}

Task<> write_posted(Stream& peer, weir::Mailbox<Letter>& mailbox, std::string line) {
  // It holds one letter, and no more.
  if (!mailbox.post({std::move(line)}) || mailbox.post({"one too many"})) co_return;
  for (;;) {
    const weir::Time soon = peer.io().now() + std::chrono::seconds(1);
    const std::size_t first = co_await peer.io().wait(weir::posted(mailbox), weir::until(soon));
    if (first == 0) break;
  }
  auto letter = mailbox.take();
  co_await peer.write(letter->line, "\n");
}

Task<> read_line(Stream& server, std::string& line) {
  Lines lines;
  while (!lines.next(line)) {
    const weir::ReadResult read = co_await server.read().result();
    if (read.bytes.empty()) throw weir::ProtocolError("the line broke off");
    lines.add(read.bytes);
  }
}

/// Until the upstream has ended its answer. False: it broke off.
Task<bool> copy_back(Stream& peer, Stream& up, std::size_t expected_bytes) {
  std::size_t bytes = 0;
  bool watches_both = true;
  for (;;) {
    if (watches_both) {
      // Who is at the near end may have more to say, or have finished; the answer comes first.
      const std::size_t first = co_await peer.io().wait(weir::readable(up), weir::readable(peer));
      watches_both = first == 0;
    }
    const weir::ReadResult read = co_await up.read().result();
    if (read.bytes.empty()) co_return bytes == expected_bytes;
    bytes += read.bytes.size();
    co_await peer.write(read.bytes);
  }
}

/// False: there was no way to the upstream, or it broke off.
Task<bool> write_from_upstream(Stream& peer, std::string_view line) {
  const weir::Address address = weir::Address::parse("198.51.100.1:7");
  const std::chrono::seconds patience(5);
  weir::Connected up = co_await peer.io().connect(address, patience);
  if (!up) co_return false;
  co_await up.stream->write(line, "\n");
  up.stream->finish();
  const bool whole = co_await copy_back(peer, *up.stream, line.size() + 1);
  co_return whole;
}

/// The line goes to the upstream, whose session posts it. False as above.
Task<bool> write_from_elsewhere(Stream& peer, weir::Mailbox<Letter>& mailbox,
                                std::string_view line) {
  const weir::Address address = weir::Address::parse("198.51.100.1:7");
  const std::chrono::seconds patience(5);
  weir::Connected up = co_await peer.io().connect(address, patience);
  if (!up) co_return false;
  const Box box(mailbox);
  const std::string number = std::to_string(box.number);
  co_await up.stream->write("@", number, " ", line, "\n");
  const std::size_t first =
      co_await peer.io().wait(weir::posted(mailbox), weir::readable(*up.stream));
  if (first != 0) co_return false;
  auto letter = mailbox.take();
  co_await peer.write(letter->line, "\n");
  co_return true;
}

/// A deadline that passes, and nothing else: the line comes back all the same.
Task<> write_after_deadline(Stream& peer, Lines& lines, std::string_view line) {
  peer.deadline(std::chrono::milliseconds(3));
  for (;;) {
    const weir::ReadResult read = co_await peer.read().result();
    if (read.bytes.empty()) break;  // too late, or the end, which the next read will see again
    lines.add(read.bytes);
  }
  peer.no_deadline();
  co_await peer.write(line, "\n");
}

struct Desk {
  Lines lines;
  weir::Mailbox<Letter> mailbox{1};
};

/// False: no more is to be expected.
Task<bool> answer(Stream& peer, Desk& desk, std::string_view request) {
  const std::string line(request.substr(1));
  switch (request[0]) {
    case 'p':
      co_await write_in_parts(peer, line);
      break;
    case 's':
      co_await write_by_some(peer, line);
      break;
    case 'o':
      co_await write_offloaded(peer, line);
      break;
    case 'm':
      co_await write_posted(peer, desk.mailbox, line);
      break;
    case 'u': {
      const bool answered = co_await write_from_upstream(peer, line);
      co_return answered;
    }
    case 'x': {
      const bool answered = co_await write_from_elsewhere(peer, desk.mailbox, line);
      co_return answered;
    }
    case 'd':
      co_await write_after_deadline(peer, desk.lines, line);
      break;
    case 'n':
      co_await peer.io().sleep(std::chrono::milliseconds(150));
      co_await peer.write(line, "\n");
      break;
    default:
      co_await peer.write(line, "\n");
  }
  co_return true;
}

Task<> session(Stream& peer) {
  Desk desk;
  std::string request;
  for (;;) {
    if (desk.lines.next(request)) {
      if (request.empty()) co_return;
      const bool more = co_await answer(peer, desk, request);
      if (!more) break;
      continue;
    }
    if (desk.lines.too_long()) break;
    co_await peer.io().wait(weir::readable(peer));
    const weir::ReadResult read = co_await peer.read().result();
    if (read.bytes.empty()) break;
    desk.lines.add(read.bytes);
  }
  peer.finish();
}

/// Posts the lines that begin with an `@`, or sends all back; and finishes when its peer does.
Task<> upstream(Stream& peer) {
  Lines lines;
  std::string line;
  bool posts = false;
  while (Bytes bytes = co_await peer.read()) {
    posts |= bytes.data()[0] == '@';
    if (!posts) {
      co_await peer.write(bytes);
      continue;
    }
    lines.add(bytes);
    while (lines.next(line)) post_office().post(std::string_view(line).substr(1));
  }
}

Task<> exchange(Stream& server, std::size_t bytes) {
  const std::uint64_t drawn = server.io().random();
  std::string line = std::to_string(drawn) + std::string(bytes, 'x');
  line.resize(bytes > 3 ? bytes - 2 : 2);
  co_await server.write(std::string_view(&ways[drawn % ways.size()], 1), line, "\n");
  std::string answer;
  co_await read_line(server, answer);
  if (answer != line) throw weir::ProtocolError("another line came back than was sent");
}

weir::Service service() {
  const auto make = [](std::size_t bytes) {
    return [bytes](Stream& server) { return exchange(server, bytes); };
  };
  return {.name = "exerciser",
          .port = 9094,
          .session = session,
          .summary = "every way to send a line back",
          .exchanges = {{}, make},
          .upstream = upstream};
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(argc, argv, service());
}
