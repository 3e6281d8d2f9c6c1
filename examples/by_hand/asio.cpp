// The framed server by hand, model: asio. One thread, which runs the handlers of Boost.Asio.
//
// Who waits, and where?      Asio, in its io_context, for all connections at once.
// Where does the state live? In a `Connection` on the heap. Exactly one handler of it is on its way
//                            at any time, a read's or a write's, and it goes on where that one ends.
// What does one cost?        Its record, what Asio keeps for a socket and for the read that waits
//                            (some 500 bytes), and a buffer of 64 KiB: an asynchronous read wants
//                            it for as long as it waits. Only the pages that data has touched are
//                            resident. A request takes one send and two recv, for Asio tries a read
//                            before it waits for it; under load an epoll_wait fetches many.
// Connection 10,001?         Like the first. At the file limit the listener rests for 100 ms, and
//                            the kernel's backlog holds the newcomers.
// The slow client?           Its answer waits in its buffer, and nothing more is read from it before
//                            that is sent: back pressure, which TCP passes on. Nobody else notices.
// The crash?                 Ends every connection.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <list>
#include <memory>
#include <signal.h>
#include <span>
#include <sys/resource.h>
#include <utility>

namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// With the executor's own type, rather than one that can hold any.
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

constexpr std::size_t receive_bytes = 64 * 1024;
constexpr auto accept_rest = std::chrono::milliseconds(100);
constexpr auto drain_grace = std::chrono::seconds(30);

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

struct Connection {
  explicit Connection(Socket accepted) : socket(std::move(accepted)) {}
  Socket socket;
  bool inside = false;  // a message
  bool emptied = true;  // the last read has taken all that had arrived
  std::unique_ptr<unsigned char[]> buffer =
      std::make_unique_for_overwrite<unsigned char[]>(receive_bytes);
  std::list<Connection>::iterator place;
};

class Server {
 public:
  explicit Server(const tcp::endpoint& address) : acceptor_(io_, address) {
    // Send small answers at once. On Linux accepted sockets inherit it: no system call for each.
    acceptor_.set_option(tcp::no_delay(true));
    acceptor_.non_blocking(true);
    // Or else Asio waits, in poll(2), where a client has left the queue.
    acceptor_.set_option(asio::socket_base::enable_connection_aborted(true));
    wait_for_signal();
    accept_next();
    const tcp::endpoint bound = acceptor_.local_endpoint();  // which port, if 0 was asked for
    std::fprintf(stderr, "by hand: framed on %s:%d, model asio (Ctrl-C drains)\n",
                 bound.address().to_string().c_str(), bound.port());
  }

  void run() { io_.run(); }

 private:
  void accept_next() {
    acceptor_.async_accept([this](const error_code& error, Socket socket) {
      if (error == asio::error::operation_aborted) return;  // the drain has begun
      if (is_shortage(error)) return rest();
      // All else is that one connection's trouble.
      if (!error) begin(std::move(socket));
      accept_next();
    });
  }

  static bool is_shortage(const error_code& error) {
    return error == asio::error::no_descriptors || error == asio::error::no_memory ||
           error == asio::error::no_buffer_space ||
           error == boost::system::errc::too_many_files_open_in_system;
  }

  // Out of descriptors: the kernel's queue holds the newcomers for a moment.
  void rest() {
    accept_timer_.expires_after(accept_rest);
    accept_timer_.async_wait([this](const error_code& error) {
      if (!error && acceptor_.is_open()) accept_next();
    });
  }

  void begin(Socket socket) {
    error_code error;
    socket.non_blocking(true, error);
    socket.write_some(asio::buffer("*", 1), error);
    if (error) return;  // gone already: a port probe
    connections_.emplace_front(std::move(socket));
    connections_.front().place = connections_.begin();
    read(connections_.front());
  }

  void read(Connection& peer) {
    peer.socket.async_read_some(asio::buffer(peer.buffer.get(), receive_bytes),
                                [this, &peer](const error_code& error, std::size_t size) {
                                  // The end, and all that came is answered; or, most likely, a reset.
                                  if (error) return end(peer);
                                  peer.emptied = size < receive_bytes;
                                  write(peer, answer(peer.inside, {peer.buffer.get(), size}));
                                });
  }

  // Nearly always the kernel takes an answer as a whole, and no handler is needed. What it doesn't
  // take stays in the buffer, and until that is sent no request is read.
  void write(Connection& peer, std::span<const unsigned char> reply) {
    error_code error;
    if (!reply.empty()) {
      const std::size_t sent =
          peer.socket.write_some(asio::buffer(reply.data(), reply.size()), error);
      reply = reply.subspan(sent);
    }
    if (reply.empty()) return go_on(peer);
    if (error && error != asio::error::would_block && error != asio::error::interrupted) {
      return end(peer);
    }
    asio::async_write(peer.socket, asio::buffer(reply.data(), reply.size()),
                      [this, &peer](const error_code& failure, std::size_t) {
                        failure ? end(peer) : go_on(peer);
                      });
  }

  void go_on(Connection& peer) {
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining a short read is the last one.
    if (draining_ && peer.emptied) return end(peer);
    read(peer);
  }

  void end(Connection& peer) {
    connections_.erase(peer.place);
    stop_when_drained();
  }

  void wait_for_signal() {
    signals_.async_wait([this](const error_code&, int) {
      wait_for_signal();
      if (std::exchange(draining_, true)) return shut_all(tcp::socket::shutdown_both);
      begin_drain();
    });
  }

  void begin_drain() {
    error_code error;
    for (;;) {  // who has connected is served, then the door shuts
      Socket socket = acceptor_.accept(error);
      if (error == asio::error::would_block || is_shortage(error)) break;
      if (!error) begin(std::move(socket));
    }
    acceptor_.close(error);
    accept_timer_.cancel();
    // Each write that waits still has its read to come, which then finds the end.
    for (Connection& each : connections_) each.emptied = false;
    shut_all(tcp::socket::shutdown_receive);
    drain_timer_.expires_after(drain_grace);
    drain_timer_.async_wait([this](const error_code&) { shut_all(tcp::socket::shutdown_both); });
    stop_when_drained();
  }

  void stop_when_drained() {
    if (draining_ && !acceptor_.is_open() && connections_.empty()) io_.stop();
  }

  void shut_all(tcp::socket::shutdown_type how) {
    for (Connection& each : connections_) {
      error_code gone;
      each.socket.shutdown(how, gone);
    }
  }

  asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // one thread: no locks
  asio::signal_set signals_{io_, SIGTERM, SIGINT};
  asio::steady_timer accept_timer_{io_};
  asio::steady_timer drain_timer_{io_};
  Acceptor acceptor_;
  std::list<Connection> connections_;
  bool draining_ = false;
};

// HOST:PORT with the host in digits; false when it isn't.
bool parse_address(const char* text, tcp::endpoint& address) {
  char host[16], more;
  unsigned port;
  if (std::sscanf(text, "%15[0-9.]:%5u%c", host, &port, &more) != 2 || port > 65535) return false;
  error_code error;
  address = {asio::ip::make_address_v4(host, error), static_cast<std::uint16_t>(port)};
  return !error;
}

}  // namespace

int main(int argc, char** argv) {
  tcp::endpoint address;
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: asio HOST:PORT, for example asio 127.0.0.1:9090\n");
    return 2;
  }
  try {
    rlimit files{};  // raised from the customary 1,024 to what is allowed
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Server(address).run();
  } catch (const boost::system::system_error& error) {
    const bool busy = error.code() == asio::error::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
