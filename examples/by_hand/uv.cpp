// The framed server by hand, model: uv. One thread and libuv, which calls back.
//
// Who waits, and where?      libuv's loop, in epoll_wait, for all connections at once.
// Where does the state live? In a `Connection` on the heap, behind libuv's own handle: what a thread
//                            keeps on its stack has to be written down between two callbacks.
// What does one cost?        A descriptor, some 270 bytes, most of them libuv's, and what the kernel
//                            keeps for a socket. A request takes one read, one write, and its share
//                            of an epoll_wait. The receive buffer is the server's.
// Connection 10,001?         Like the first. At the file limit libuv gives up a descriptor that it
//                            keeps for that, accepts whoever queues, and closes them. Without that
//                            one it would try for ever: so then its listener, a duplicate, is closed,
//                            and opened anew 100 ms later.
// The slow client?           If it doesn't read, its answer waits in a `Rest` (at most 64 KiB), and
//                            nothing more is read from it before that is gone: back pressure, which
//                            TCP passes on to the sender. Nobody else notices.
// The crash?                 Ends every connection.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netinet/tcp.h>
#include <span>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <uv.h>
#include <vector>

namespace {
constexpr std::size_t receive_bytes = 64 * 1024;
constexpr std::uint64_t accept_rest_ms = 100;  // after an accept that failed for want of a resource
constexpr std::uint64_t drain_grace_ms = 30'000;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

// The codec. Answers what has arrived, in place: the answers of all messages are moved together
// behind the first, so that one send takes them; with a single message nothing has to move.
std::span<unsigned char> answer(bool& inside, std::span<unsigned char> received) {
  unsigned char* at = received.data();
  unsigned char* const end = at + received.size();
  unsigned char* first = at;
  unsigned char* out = at;
  while (at != end) {
    void* found = std::memchr(at, inside ? '$' : '^', static_cast<std::size_t>(end - at));
    unsigned char* const stop = found != nullptr ? static_cast<unsigned char*>(found) : end;
    if (inside) {
      if (out == first) first = out = at;
      const auto size = static_cast<std::size_t>(stop - at);
      for (std::size_t i = 0; i < size; ++i) at[i] = static_cast<unsigned char>(at[i] + 1);
      if (out != at) std::memmove(out, at, size);
      out += size;
    }
    if (stop == end) break;
    inside = !inside;
    at = stop + 1;
  }
  return {first, out};
}

void checked_uv(int result) {
  if (result < 0) throw std::system_error(-result, std::system_category(), "libuv");
}

template <class Handle>
uv_handle_t* base(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

uv_stream_t* stream_of(uv_tcp_t* handle) {
  return reinterpret_cast<uv_stream_t*>(handle);
}

struct Connection {
  uv_tcp_t tcp{};
  bool inside = false;  // a message
  uv_stream_t* stream() { return stream_of(&tcp); }
};

struct Rest {  // of an answer, when the kernel didn't take it all
  uv_write_t request{};
  std::vector<char> bytes;
};

class Server {
 public:
  Server() {
    checked_uv(uv_loop_init(&loop_));
    loop_.data = this;
    uv_timer_init(&loop_, &resting_);
    uv_timer_init(&loop_, &grace_);
    uv_unref(base(&grace_));
    take_over_signals();
  }
  ~Server() {
    uv_walk(
        &loop_, [](uv_handle_t* handle, void*) { uv_close(handle, nullptr); }, nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }

  void serve(int listener) {
    listener_ = listener;
    listen_on_duplicate();
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

 private:
  template <class Handle>
  static Server& of(const Handle* handle) {
    return *static_cast<Server*>(handle->loop->data);
  }

  void listen_on_duplicate() {
    const int fd = fcntl(listener_, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return rest();
    accepting_ = new uv_tcp_t;
    uv_tcp_init(&loop_, accepting_);
    checked_uv(uv_tcp_open(accepting_, fd));
    checked_uv(uv_listen(stream_of(accepting_), SOMAXCONN, on_connection));
  }

  void stop_listening() {
    if (accepting_ == nullptr) return;
    uv_close(base(std::exchange(accepting_, nullptr)),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_tcp_t*>(handle); });
  }

  void rest() {
    stop_listening();
    const auto go_on = [](uv_timer_t* timer) { of(timer).listen_on_duplicate(); };
    uv_timer_start(&resting_, go_on, accept_rest_ms, 0);
  }

  // libuv goes on accepting, until nobody queues or the handle is closed.
  static void on_connection(uv_stream_t* listener, int status) {
    Server& server = of(listener);
    if (status == UV_EMFILE || status == UV_ENFILE || status == UV_ENOMEM || status == UV_ENOBUFS)
      return server.rest();
    if (status < 0) return;  // a network's error is that one connection's trouble
    auto* const peer = new Connection;
    uv_tcp_init(&server.loop_, &peer->tcp);
    peer->tcp.data = peer;
    const uv_buf_t greeting{const_cast<char*>("*"), 1};
    if (uv_accept(listener, peer->stream()) != 0 ||
        uv_try_write(peer->stream(), &greeting, 1) != 1 ||
        uv_read_start(peer->stream(), on_readable, on_read) != 0)
      close(*peer);  // gone already: a port probe
  }

  static void close(Connection& peer) {
    if (uv_is_closing(base(&peer.tcp)) != 0) return;
    uv_close(base(&peer.tcp),
             [](uv_handle_t* handle) { delete static_cast<Connection*>(handle->data); });
  }

  static void on_readable(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    *buffer = {of(handle).buffer_.data(), receive_bytes};
  }

  static void on_read(uv_stream_t* stream, ssize_t got, const uv_buf_t* buffer) {
    Connection& peer = *static_cast<Connection*>(stream->data);
    if (got == 0) return;             // nothing after all
    if (got < 0) return close(peer);  // the end, and all that came is answered; or a reset
    const auto size = static_cast<std::size_t>(got);
    const auto reply = answer(peer.inside, {reinterpret_cast<unsigned char*>(buffer->base), size});
    if (!reply.empty() && !write(peer, {reinterpret_cast<char*>(reply.data()), reply.size()}))
      return;
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining this is the end.
    if (of(stream).draining_ && size < receive_bytes) close(peer);
  }

  // False: it isn't written yet, or the peer is gone.
  static bool write(Connection& peer, std::span<char> bytes) {
    const uv_buf_t all{bytes.data(), bytes.size()};
    const int taken = uv_try_write(peer.stream(), &all, 1);
    if (taken >= 0 && static_cast<std::size_t>(taken) == bytes.size()) return true;
    const bool failed = taken < 0 && taken != UV_EAGAIN;
    bytes = bytes.subspan(static_cast<std::size_t>(std::max(taken, 0)));
    uv_read_stop(peer.stream());  // back pressure: while an answer waits, no request is read
    auto rest = std::make_unique<Rest>();
    rest->bytes = {bytes.begin(), bytes.end()};
    rest->request.data = rest.get();
    const uv_buf_t left{rest->bytes.data(), rest->bytes.size()};
    if (failed || uv_write(&rest->request, peer.stream(), &left, 1, on_written) != 0)
      close(peer);
    else
      static_cast<void>(rest.release());  // `on_written` ends it, come what may
    return false;
  }

  static void on_written(uv_write_t* request, int status) {
    Connection& peer = *static_cast<Connection*>(request->handle->data);
    delete static_cast<Rest*>(request->data);
    if (status < 0 || uv_read_start(peer.stream(), on_readable, on_read) != 0) close(peer);
  }

  void take_over_signals() {
    for (uv_signal_t& each : signals_) {
      uv_signal_init(&loop_, &each);
      const auto on_signal = [](uv_signal_t* signal, int) { of(signal).end(); };
      checked_uv(uv_signal_start(&each, on_signal, &each == signals_ ? SIGTERM : SIGINT));
      uv_unref(base(&each));
    }
  }

  // Whoever has connected has been accepted: libuv looks at signals last in a turn.
  void end() {
    if (std::exchange(draining_, true)) return cut_all();  // a second signal
    const auto cut = [](uv_timer_t* timer) { of(timer).cut_all(); };
    uv_timer_start(&grace_, cut, drain_grace_ms, 0);
    uv_timer_stop(&resting_);
    stop_listening();
    ::close(listener_);
    each_connection([](Connection& peer) {  // each read ends, and so does the connection
      uv_os_fd_t fd = -1;
      if (uv_fileno(base(&peer.tcp), &fd) == 0) shutdown(fd, SHUT_RD);
    });
  }

  void cut_all() { each_connection(close); }
  void each_connection(void (*visit)(Connection&)) {
    const auto look = [](uv_handle_t* handle, void* given) {
      if (handle->type != UV_TCP || uv_is_closing(handle) != 0) return;
      (*static_cast<void (**)(Connection&)>(given))(*static_cast<Connection*>(handle->data));
    };
    uv_walk(&loop_, look, &visit);
  }

  int listener_ = -1;
  uv_loop_t loop_{};
  uv_tcp_t* accepting_ = nullptr;  // a duplicate of the listener, or null while it rests
  uv_timer_t resting_{}, grace_{};
  uv_signal_t signals_[2]{};
  std::vector<char> buffer_ = std::vector<char>(receive_bytes);
  bool draining_ = false;
};

// HOST:PORT with the host in digits; false when it isn't.
bool parse_address(const char* text, sockaddr_in& address) {
  char host[16], more;
  unsigned port;
  if (std::sscanf(text, "%15[0-9.]:%5u%c", host, &port, &more) != 2 || port > 65535) return false;
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return inet_pton(AF_INET, host, &address.sin_addr) == 1;
}

int listen_on(sockaddr_in address) {
  const int listener =
      checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Send small answers at once. On Linux accepted sockets inherit it: no system call for each.
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  checked(bind(listener, name, size), "bind");
  checked(listen(listener, SOMAXCONN), "listen");
  checked(getsockname(listener, name, &size), "getsockname");  // which port, if 0 was asked for
  std::fprintf(stderr, "by hand: framed on %s:%d, model uv (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: uv HOST:PORT, for example uv 127.0.0.1:9090\n");
    return 2;
  }
  try {
    rlimit files{};  // raised from the customary 1,024 to what is allowed
    checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    std::signal(SIGPIPE, SIG_IGN);  // libuv writes with write(2)
    Server server;                  // takes signals before anybody can know that we are here
    server.serve(listen_on(address));
  } catch (const std::system_error& error) {
    const bool busy = error.code() == std::errc::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
