// What it takes to make a thread, a process, a page, and to be rid of it.
#include <algorithm>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "prices/apart.hpp"
#include "prices/child.hpp"
#include "prices/probe.hpp"

namespace weir::prices {
namespace {

constexpr std::size_t large_bytes = std::size_t{256} << 20;
constexpr std::size_t area_bytes = std::size_t{4} << 20;

Run thread_made(const Place&) {
  return repeat([] {
    pthread_t thread{};
    const auto empty = [](void*) -> void* { return nullptr; };
    errno = ::pthread_create(&thread, nullptr, empty, nullptr);
    if (errno != 0) refused("pthread_create");
    ::pthread_join(thread, nullptr);
  });
}

Run process_made(const Place&) {
  return repeat(fork_and_wait);
}

/// Anonymous memory in small pages: with huge ones a fork copies a five-hundredth of the entries,
/// and whether memory comes in huge pages differs from machine to machine.
class Area {
 public:
  explicit Area(std::size_t size_bytes)
      : bytes_(::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                      0)),
        size_bytes_(size_bytes) {
    if (bytes_ == MAP_FAILED) refused("mmap");
    ::madvise(bytes_, size_bytes_, MADV_NOHUGEPAGE);  // a kernel without huge pages refuses it
  }
  ~Area() { ::munmap(bytes_, size_bytes_); }
  Area(const Area&) = delete;
  Area& operator=(const Area&) = delete;

  std::size_t pages() const { return size_bytes_ / page_bytes_; }
  void touch(std::size_t count) const {
    for (std::size_t page = 0; page < count; ++page) {
      static_cast<volatile char*>(bytes_)[page * page_bytes_] = 1;
    }
  }
  void give_back() const { checked(::madvise(bytes_, size_bytes_, MADV_DONTNEED), "madvise"); }

 private:
  void* bytes_;
  std::size_t size_bytes_;
  std::size_t page_bytes_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
};

Run page_touched(const Place&) {
  const auto area = std::make_shared<Area>(area_bytes);
  return [area](std::uint64_t times) {
    double took_ns = 0;
    while (times > 0) {
      const auto count = std::min<std::uint64_t>(times, area->pages());
      const double begin_ns = cpu_ns();
      area->touch(count);
      took_ns += cpu_ns() - begin_ns;
      area->give_back();
      times -= count;
    }
    return took_ns;
  };
}

/// By a process that holds much memory.
Run large_process_made(const Place&) {
  const auto area = std::make_shared<Area>(large_bytes);
  area->touch(area->pages());
  return [area, forks = repeat(fork_and_wait)](std::uint64_t times) { return forks(times); };
}

}  // namespace

std::vector<Probe> life_probes() {
  return {
      {{"page_fault", "a page of memory touched for the first time",
        "one byte written into each page of fresh anonymous memory, in small pages",
        "mmap(2), madvise(2)"},
       page_touched},
      {{"thread_life", "a thread made, and its end waited for",
        "pthread_create of an empty function, pthread_join, on one CPU", "pthread_create(3)"},
       thread_made},
      {{"process_life", "a process made, and its end waited for",
        "fork, _exit, waitpid, on one CPU; this program as it is", "fork(2), waitpid(2)"},
       process_made},
      {{"large_process_life", "the same from a process with 256 MiB",
        "fork, _exit, waitpid by a process that has filled 256 MiB, in small pages",
        "fork(2), waitpid(2)"},
       apart(large_process_made)},
  };
}

}  // namespace weir::prices
