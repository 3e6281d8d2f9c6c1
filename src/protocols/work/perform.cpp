#include "work/perform.hpp"

#include <cerrno>
#include <string>
#include <time.h>

namespace weir::work {
namespace {

timespec timespec_of(Duration duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {static_cast<time_t>(whole.count()), static_cast<long>((duration - whole).count())};
}

void block(Duration duration) {
  timespec left = timespec_of(duration);
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

Duration cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Duration(used.tv_nsec);
}

void burn(Duration duration) {
  const Duration end = cpu_time() + duration;
  while (cpu_time() < end) {
  }
}

void block_and_burn(const Request& request) {
  if (request.block > Duration(0)) block(request.block);
  if (request.burn > Duration(0)) burn(request.burn);
}

}  // namespace

Task<> perform(Io& io, Request request) {
  if (request.sleep > Duration(0)) co_await io.sleep(request.sleep);
  if (request.block + request.burn > Duration(0)) {
    if (request.where == Where::here) {
      block_and_burn(request);
    } else {
      const auto work = [request] { block_and_burn(request); };
      co_await io.offload(work);
    }
  }
}

std::string_view answer_end(std::size_t size) {
  static const std::string end = std::string(answer_end_bytes_max - 1, 'w') + '\n';
  return std::string_view(end).substr(end.size() - size);
}

}  // namespace weir::work
