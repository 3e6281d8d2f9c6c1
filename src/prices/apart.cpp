#include "prices/apart.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace weir::prices {
namespace {

/// What comes back of a run.
struct Report {
  double took_ns = 0;
  std::array<char, 200> failure{};  ///< ends with a 0; empty: there is none
};

Report report_of(Run& run, const Apart::Prepare& prepare, const Place& place, std::uint64_t times) {
  Report report;
  try {
    if (!run) run = prepare(place);
    report.took_ns = run(times);
  } catch (const std::exception& error) {
    const std::string_view reason = error.what();
    const std::size_t size = std::min(reason.size(), report.failure.size() - 1);
    std::memcpy(report.failure.data(), reason.data(), size);
  }
  return report;
}

void serve(const Descriptor& orders, const Apart::Prepare& prepare, const Place& place) {
  Run run;
  std::uint64_t times = 0;
  while (::recv(orders.get(), &times, sizeof(times), 0) == sizeof(times)) {
    const Report report = report_of(run, prepare, place, times);
    checked(::send(orders.get(), &report, sizeof(report), MSG_NOSIGNAL), "send");
  }
}

}  // namespace

Apart::Apart(const Prepare& prepare, const Place& place) : Apart(make_pair(), prepare, place) {}

Apart::Apart(Pair pair, const Prepare& prepare, const Place& place)
    : ours_(std::move(pair.ours)), child_([this, &pair, &prepare, &place] {
        ours_.reset();
        serve(pair.theirs, prepare, place);
      }) {}

Apart::Pair Apart::make_pair() {
  std::array<int, 2> fds{};
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  return {Descriptor(fds[0]), Descriptor(fds[1])};
}

double Apart::run(std::uint64_t times) const {
  Report report;
  ::send(ours_.get(), &times, sizeof(times), MSG_NOSIGNAL);  // if it is gone, recv will tell
  ssize_t count = 0;
  do {
    count = ::recv(ours_.get(), &report, sizeof(report), 0);
  } while (count < 0 && errno == EINTR);
  if (count != sizeof(report)) {
    throw std::runtime_error("the process that measures it has ended; was there memory for it?");
  }
  if (report.failure.front() != '\0') throw std::runtime_error(report.failure.data());
  return report.took_ns;
}

Apart::Prepare apart(Apart::Prepare prepare) {
  return [prepare = std::move(prepare)](const Place& place) -> Run {
    const auto process = std::make_shared<const Apart>(prepare, place);
    return [process](std::uint64_t times) { return process->run(times); };
  };
}

}  // namespace weir::prices
