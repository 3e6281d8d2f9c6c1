#include "core/stop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>

#include <weir/stream.hpp>

namespace weir {
namespace {

// The signal note: which Stop the handlers speak to.
std::atomic<Stop*> signal_note{nullptr};

void handle_signal(int number) {
  const int saved_errno = errno;
  if (Stop* stop = signal_note.load(std::memory_order_relaxed)) stop->on_signal(number);
  errno = saved_errno;
}

Descriptor make_eventfd() {
  Descriptor fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd) throw std::system_error(errno, std::system_category(), "eventfd");
  return fd;
}

void raise(const Descriptor& eventfd) noexcept {
  const std::uint64_t one = 1;
  // It can only fail when the counter is full, and then the descriptor is readable already.
  [[maybe_unused]] const ssize_t written = ::write(eventfd.get(), &one, sizeof one);
}

}  // namespace

void end_reads(StreamRecord& stream) noexcept {
  if (stream.fd < 0) return;
  stream.draining.store(true, std::memory_order_relaxed);
  ::shutdown(stream.fd, SHUT_RD);
}

Stop::Stop() : requested_fd_(make_eventfd()), forced_fd_(make_eventfd()) {}

Stop::~Stop() {
  if (!handles_signals_) return;
  constexpr itimerval off{};
  ::setitimer(ITIMER_REAL, &off, nullptr);
  ::signal(SIGALRM, SIG_IGN);  // one that is on its way is dropped
  // Who has drained, as was asked, ends: another request on the way must not make it look like a crash.
  const bool ends = sender_ == Sender::supervisor || requested();
  const auto otherwise = ends ? SIG_IGN : SIG_DFL;
  for (int number : {SIGTERM, SIGINT, SIGALRM}) ::signal(number, otherwise);
  signal_note = nullptr;
}

void Stop::on_signals(Sender sender) {
  handles_signals_ = true;
  sender_ = sender;
  signal_note = this;
  struct sigaction action {};
  action.sa_handler = handle_signal;
  sigemptyset(&action.sa_mask);
  for (int number : {SIGTERM, SIGINT, SIGALRM}) sigaddset(&action.sa_mask, number);
  // No SA_RESTART: what waits shall look up.
  for (int number : {SIGTERM, SIGINT, SIGALRM}) ::sigaction(number, &action, nullptr);
  // Ctrl-C reaches the whole group; only the supervisor passes it on.
  if (sender == Sender::supervisor) ::signal(SIGINT, SIG_IGN);
  ::pthread_sigmask(SIG_UNBLOCK, &action.sa_mask, nullptr);
}

void Stop::take_over_in_child() {
  // The eventfds that it has inherited are its parent's.
  for (Descriptor* fd : {&requested_fd_, &forced_fd_}) {
    fd->reset();
    *fd = make_eventfd();
  }
  if (requested_.exchange(false)) request();
  if (forced_.exchange(false)) force();
  on_signals(Sender::supervisor);
}

void Stop::on_signal(int number) noexcept {
  if (number == SIGALRM) return force();
  if (sender_ == Sender::supervisor && requested()) return;  // it would say SIGALRM
  request();
}

void Stop::request() noexcept {
  if (requested_.exchange(true)) return force();
  raise(requested_fd_);
  if (const std::int64_t grace_ns = grace_ns_.load(); handles_signals_ && grace_ns > 0) {
    itimerval grace{};
    grace.it_value.tv_sec = grace_ns / 1'000'000'000;
    grace.it_value.tv_usec = grace_ns % 1'000'000'000 / 1000;
    grace.it_interval.tv_usec = 100'000;  // again, should one come just before a call that waits
    ::setitimer(ITIMER_REAL, &grace, nullptr);
  }
  if (StreamRecord* stream = guarded_.load()) end_reads(*stream);
}

void Stop::force() noexcept {
  requested_.store(true);
  forced_.store(true);
  raise(requested_fd_);
  raise(forced_fd_);
  if (const StreamRecord* stream = guarded_.load()) ::shutdown(stream->fd, SHUT_RDWR);
}

void Stop::end_reads_on_request(StreamRecord* stream) noexcept {
  guarded_.store(stream);
  if (stream == nullptr) return;
  // A request that came just before has seen the stream before.
  if (requested()) end_reads(*stream);
  if (forced()) ::shutdown(stream->fd, SHUT_RDWR);
}

void Stop::force_by_alarm(Duration grace) noexcept {
  grace_ns_.store(std::max<std::int64_t>(1000, grace.count()));
}

}  // namespace weir
