#include "models/uv_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace weir {
namespace {

/// `fd` is the last descriptor that this process may have: getrlimit(2). Past it libuv would accept
/// and close whoever queues, and tell nobody.
bool is_last(int fd) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<rlim_t>(fd) + 1 >= files.rlim_cur;
}

}  // namespace

UvLoop::UvLoop(Model& model, Work& work, std::function<void()> do_chores)
    : EventLoop(model, work), do_chores_(std::move(do_chores)) {
  check(uv_loop_init(&uv_), "uv_loop_init");
  uv_.data = this;
  uv_timer_init(&uv_, &timer_);
  uv_prepare_init(&uv_, &prepare_);
  uv_prepare_start(&prepare_, [](uv_prepare_t* prepare) { of(prepare).turn(); });
  watch_stop(requested_, work.stop.requested_fd());
  watch_stop(forced_, work.stop.forced_fd());
  check(uv_poll_init(&uv_, &inbox_, inbox_fd()), "uv_poll_init");
  uv_poll_start(&inbox_, UV_READABLE, [](uv_poll_t* handle, int, int) { of(handle).look_again(); });
}

UvLoop::~UvLoop() {
  const auto close = [](uv_handle_t* handle, void*) {
    if (uv_is_closing(handle) == 0) uv_close(handle, nullptr);
  };
  stop_listening();
  uv_walk(&uv_, close, nullptr);
  uv_run(&uv_, UV_RUN_DEFAULT);
  uv_loop_close(&uv_);
}

void UvLoop::watch_stop(uv_poll_t& poll, int fd) {
  check(uv_poll_init(&uv_, &poll, fd), "uv_poll_init");
  uv_poll_start(&poll, UV_READABLE, [](uv_poll_t* handle, int, int) {
    uv_poll_stop(handle);  // it stays readable
    of(handle).look_again();
  });
}

// --- turns

/// libuv calls this before it waits, in each turn.
void UvLoop::turn() {
  if (has_chores()) {
    do_chores_();
    if (over() && leaving_ == 0) return uv_stop(&uv_);
  }
  const Time until = last_accepts_ ? Time{} : next_turn_at();
  if (until != timer_at_) set_timer(until);
  context().next_turn();  // who asks for the time from now on asks after the wait
}

void UvLoop::set_timer(Time until) {
  timer_at_ = until;
  if (until == never) {
    uv_timer_stop(&timer_);
    return;
  }
  // Both clocks are CLOCK_MONOTONIC; libuv's shows whole milliseconds.
  const auto at = std::chrono::ceil<std::chrono::milliseconds>(until.time_since_epoch()).count();
  const auto now = static_cast<std::int64_t>(uv_now(&uv_));
  const auto on_timer = [](uv_timer_t* timer) { of(timer).timer_at_ = never; };
  uv_timer_start(&timer_, on_timer, static_cast<std::uint64_t>(std::max(now, at) - now), 0);
}

void UvLoop::go_on_with_drain() {
  if (std::exchange(last_accepts_, false)) {
    stop_listening();
    begin_drain();
  }
  // Who queues is accepted in a turn that doesn't wait; the one after it begins the drain.
  if (drain_begins()) last_accepts_ = true;
}

// --- listeners

void UvLoop::listen_or_rest() {
  if (!accepting())
    stop_listening();
  else if (listening_.empty())
    start_listening();
}

/// libuv gets a duplicate of each listener: to close that is the only way to leave a listener alone.
void UvLoop::start_listening() {
  for (Listener& listener : context().work.listeners) {
    const int fd = ::fcntl(listener.fd(), F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
      stop_listening();
      return rest_from_accepting();
    }
    Carrier* carrier = make_carrier(listener.address().family()).release();
    carrier->stream.data = carrier;
    listening_.push_back(carrier);
    open(*carrier, fd);
    check(uv_listen(&carrier->stream, listener.backlog(), on_connection), "uv_listen");
  }
}

/// libuv has accepted a connection, or couldn't. It goes on until nobody queues, or until its listener
/// is closed.
void UvLoop::on_connection(uv_stream_t* listener, int status) {
  UvLoop& loop = of(listener);
  if (Session* session = loop.accepted(*listener, status)) session->begin();
  loop.listen_or_rest();
}

void UvLoop::stop_listening() {
  for (Carrier* carrier : std::exchange(listening_, {})) discard(carrier);
}

Session* UvLoop::accepted(uv_stream_t& listener, int status) {
  if (status == UV_EMFILE || status == UV_ENFILE || status == UV_ENOMEM || status == UV_ENOBUFS) {
    pause_accepting();
  }
  if (status != 0) return nullptr;  // anything else was that one connection's trouble
  const int family = listener.type == UV_NAMED_PIPE ? AF_UNIX : AF_INET;
  std::unique_ptr<Carrier> carrier = make_carrier(family);
  check(uv_accept(&listener, &carrier->stream), "uv_accept");
  uv_os_fd_t fd = -1;
  uv_fileno(base(carrier->stream), &fd);
  if (is_last(fd)) {
    discard(carrier.release());
    pause_accepting();
    return nullptr;
  }
  Session& session = context().work.sessions.open(context(), Descriptor(fd));
  carrier->stream.data = &session.peer;
  session.peer.record.carrier = carrier.release();
  return &session;
}

}  // namespace weir
