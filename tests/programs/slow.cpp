// The framed service with 20 us of work in each request, for tests of who is found to be the limit.
#include <time.h>

#include <weir/weir.hpp>

#include "framed/client.hpp"
#include "framed/codec.hpp"

namespace {

std::int64_t cpu_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * 1'000'000'000 + used.tv_nsec;
}

weir::Task<> slow(weir::Stream& peer) {
  constexpr std::int64_t work_ns = 20'000;
  co_await peer.write("*");
  weir::framed::Codec codec;
  while (weir::Bytes bytes = co_await peer.read()) {
    const std::int64_t end_ns = cpu_ns() + work_ns;
    while (cpu_ns() < end_ns) {
    }
    co_await peer.write(codec.transform(bytes));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(
      argc, argv,
      {.name = "slow", .port = 9091, .session = slow, .exchanges = weir::framed::exchanges()});
}
