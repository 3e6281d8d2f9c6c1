#include "core/guarded_stack.hpp"

#include <cerrno>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "core/compiler.hpp"

namespace weir {
namespace {

constexpr std::size_t handler_stack_bytes = 64 * 1024;

// Notes for the signal handler: the report of this thread, and what was done about SIGSEGV before.
constinit thread_local const OverflowReport* report_of_thread = nullptr;
constinit struct sigaction previous_action {};

std::size_t whole_pages(std::size_t size_bytes) {
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (size_bytes + page_bytes - 1) / page_bytes * page_bytes;
}

}  // namespace

GuardedStack::GuardedStack(std::size_t size_bytes) noexcept
    : mapped_bytes_(guard_bytes + whole_pages(size_bytes)) {
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
  void* const memory = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED) return;
  if (::mprotect(memory, guard_bytes, PROT_NONE) != 0) {
    ::munmap(memory, mapped_bytes_);
    return;
  }
  memory_ = static_cast<char*>(memory);
}

GuardedStack::~GuardedStack() {
  if (memory_ == nullptr) return;
  // A stack is left with frames on it: what is mapped here next must not look like those.
  if constexpr (address_sanitizer) __asan_unpoison_memory_region(bottom(), size_bytes());
  ::munmap(memory_, mapped_bytes_);
}

OverflowReport::OverflowReport(std::size_t stack_bytes)
    : line_(fmt::format("weir: a session overflowed its fiber's stack of {} KiB; give it more with "
                        "--stack {}KiB\n",
                        stack_bytes / 1024, stack_bytes / 1024 * 2)),
      handler_stack_(new char[handler_stack_bytes]) {
  const stack_t mine{.ss_sp = handler_stack_.get(), .ss_flags = 0, .ss_size = handler_stack_bytes};
  if (::sigaltstack(&mine, &previous_handler_stack_) != 0) {
    throw std::system_error(errno, std::system_category(), "sigaltstack");
  }
  report_of_thread = this;
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  struct sigaction before {};
  ::sigaction(SIGSEGV, &action, &before);
  // The handler is every thread's and stays: it passes on what is none of its business.
  if (before.sa_sigaction != on_fault) previous_action = before;
}

OverflowReport::~OverflowReport() {
  report_of_thread = nullptr;
  ::sigaltstack(&previous_handler_stack_, nullptr);
}

/// Returns to the instruction that failed, which fails again: the next handler sees it all.
void OverflowReport::on_fault(int number, siginfo_t* info, void*) {
  const OverflowReport* const report = report_of_thread;
  const bool sent_by_somebody = info->si_code <= 0;
  const bool overflow = !sent_by_somebody && report != nullptr && report->running_ != nullptr &&
                        report->running_->is_guard(info->si_addr);
  if (overflow) {
    [[maybe_unused]] const ssize_t written =
        ::write(STDERR_FILENO, report->line_.data(), report->line_.size());
    ::signal(number, SIG_DFL);
    return;
  }
  ::sigaction(number, &previous_action, nullptr);
  if (sent_by_somebody) ::raise(number);
}

}  // namespace weir
