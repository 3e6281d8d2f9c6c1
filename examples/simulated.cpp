// A session tested in the simulator: 500 networks, few of them kind, without a socket. Called with
// words it is a server like any other; without, the test. It ends with 1, and the seed, when a
// client was answered wrongly in one of them.
#include <cstdint>
#include <cstdio>
#include <string>

#include <weir/sim.hpp>
#include <weir/weir.hpp>

namespace {

/// Adds up the numbers on each line. It is given bytes in whatever pieces, and has never heard of a
/// socket.
class Sums {
 public:
  std::string answers(std::string_view bytes) {
    std::string answers;
    for (const char c : bytes) {
      if (c >= '0' && c <= '9') {
        number_ = number_ * 10 + static_cast<std::uint64_t>(c - '0');
        in_line_ = true;
      } else {
        sum_ += number_;
        number_ = 0;
        if (c == '\n') answers += end_line();
      }
    }
    return answers;
  }
  /// What is still owed when nothing more comes.
  std::string rest() { return in_line_ ? end_line() : ""; }

 private:
  std::string end_line() {
    const std::string line = std::to_string(sum_ + number_) + "\n";
    *this = {};
    return line;
  }

  std::uint64_t number_ = 0;  // modulo 2^64, as everything here
  std::uint64_t sum_ = 0;
  bool in_line_ = false;
};

weir::Task<> session(weir::Stream& peer) {
  Sums sums;
  while (weir::Bytes bytes = co_await peer.read()) {
    const std::string answers = sums.answers(bytes);
    co_await peer.write(answers);
  }
  const std::string rest = sums.rest();  // forget this, and the simulator finds it
  co_await peer.write(rest);
}

weir::Service sums() {
  weir::Service service{.name = "sums", .port = 9094, .session = session};
  service.summary = "adds up the numbers on each line";
  service.transcript =
      "send \"1 2 3\\n10 20\\n\"\n"
      "expect \"6\\n30\\n\"\n"
      "send \"123456789 1\"\n"
      "finish\n"
      "expect \"123456790\\n\"\n"
      "end\n";
  return service;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) return weir::run(argc, argv, sums());
  const weir::SimResult result = weir::simulate(sums(), {.seeds = 500});
  for (const weir::SimFailure& failure : result.failures) {
    std::printf("seed %ju: %s\n", static_cast<std::uintmax_t>(failure.seed), failure.what.c_str());
  }
  return result.ok() ? 0 : 1;
}
