#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <uv.h>
#include <vector>

#include "core/event_loop.hpp"
#include "core/without_sigpipe.hpp"

namespace weir {

/// What the model `uv` keeps of a stream: libuv's own, and what libuv doesn't know of it.
struct Carrier {
  struct Rest {  // of a write, while libuv has it
    uv_write_t request;
    std::size_t left_bytes;
  };
  struct Watch {  // whether the stream can be written to, through a descriptor of its own
    uv_poll_t handle;
    Descriptor fd;
  };

  Carrier() : pipe{} {}

  union {
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  ssize_t unread = 0;  // what a wait has found: so many bytes, or the end, or an error
  std::unique_ptr<Rest> rest;
  std::unique_ptr<Watch> watch;
  std::uint8_t handles = 1;  // that libuv has not yet closed
  bool left = false;         // the session is done with it
};

inline Carrier* carrier_of(const Stream& stream) {
  return static_cast<Carrier*>(stream.record.carrier);
}

/// Of a write that libuv still has; else null.
inline Carrier::Rest* rest_of(const Op& op) {
  const Carrier* carrier = op.verb == Verb::write ? carrier_of(*op.stream) : nullptr;
  return carrier != nullptr ? carrier->rest.get() : nullptr;
}

/// Whether libuv has written some of it since this was last asked.
inline bool has_shrunk(Carrier::Rest& rest) {
  const std::size_t left_bytes = uv_stream_get_write_queue_size(rest.request.handle);
  return std::exchange(rest.left_bytes, left_bytes) != left_bytes;
}

/// What an op has left to be written; a uv_buf_t may be cast to an iovec (uv.h).
inline const uv_buf_t* buffers(const Op& op) {
  return reinterpret_cast<const uv_buf_t*>(op.parts);
}

/// libuv's loop and handles, how they come and go, and its turns. Nothing here reads or writes.
class UvLoop : public EventLoop {
 public:
  /// `do_chores`: before each wait in which there are any.
  UvLoop(Model& model, Work& work, std::function<void()> do_chores);
  ~UvLoop();

  /// Accepts, calls back, takes turns, until nothing is left to be served.
  void run() { uv_run(&uv_, UV_RUN_DEFAULT); }
  /// For the chores: once the queues of the listeners are empty, begins the drain.
  void go_on_with_drain();
  /// Listens exactly while connections may be accepted.
  void listen_or_rest();

  /// libuv's stream; that of an outgoing one is made on first use.
  Carrier& opened(Stream& stream) {
    if (stream.record.carrier == nullptr) [[unlikely]]
      open_outgoing(stream);
    return *carrier_of(stream);
  }
  /// Has `call` called once `stream` can be written to, until uv_poll_stop. Gives an error of uv.
  int watch_writable(Stream& stream, uv_poll_cb call);
  static void stop_watching(const Op& wait);

  /// Has libuv close its stream. What it still had to write comes back, with UV_ECANCELED.
  static void close_stream(Stream& stream);
  /// The session is done with `stream`: its record ends when libuv is done with it, too.
  void leave(Stream& stream);

 private:
  void open_outgoing(Stream& stream);
  template <class Handle>
  static UvLoop& of(const Handle* handle) {
    return *static_cast<UvLoop*>(handle->loop->data);
  }
  template <class Handle>
  static uv_handle_t* base(Handle& handle) {
    return reinterpret_cast<uv_handle_t*>(&handle);
  }
  static void check(int result, const char* doing);
  static void open(Carrier& carrier, int fd);
  static void on_connection(uv_stream_t* listener, int status);
  Session* accepted(uv_stream_t& listener, int status);
  std::unique_ptr<Carrier> make_carrier(int family);
  static void on_closed(uv_handle_t* handle);
  static void discard(Carrier* carrier);
  void watch_stop(uv_poll_t& poll, int fd);
  void start_listening();
  void stop_listening();
  void turn();
  void set_timer(Time until);

  WithoutSigpipe without_sigpipe_;
  std::function<void()> do_chores_;
  uv_loop_t uv_;
  uv_prepare_t prepare_;
  uv_timer_t timer_;
  uv_poll_t requested_;
  uv_poll_t forced_;
  uv_poll_t inbox_;
  std::vector<Carrier*> listening_;  // libuv's, until they are closed
  Time timer_at_ = never;
  bool last_accepts_ = false;
  std::uint32_t leaving_ = 0;  // streams whose sessions are done, and libuv is not
};

}  // namespace weir
