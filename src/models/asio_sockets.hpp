#pragma once
// Asio's sockets, as the model `asio` uses them: what a system call is elsewhere is here a call of
// Asio's that doesn't wait. Of the model's only source; nobody else includes Asio.
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fcntl.h>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/readiness.hpp"
#include "core/work.hpp"

namespace weir::by_asio {

using boost::system::error_code;
namespace error = boost::asio::error;

// TCP and unix. With the executor's own type, which costs less than one that can be any.
using Protocol = boost::asio::generic::stream_protocol;
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<Protocol, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<Protocol, Executor>;

inline const Protocol any_family(AF_UNSPEC, 0);  // of a socket that exists already

inline Socket& socket_of(const StreamRecord& stream) {
  return *static_cast<Socket*>(stream.carrier);
}

/// From now on the stream's descriptor is the socket's.
inline void give(StreamRecord& stream, std::unique_ptr<Socket> socket) {
  // Asio is not to wait. What it says to the kernel doesn't count: `connect` undoes it, and so each
  // call says MSG_DONTWAIT.
  error_code ignored;
  socket->non_blocking(true, ignored);
  stream.carrier = socket.release();
}

/// An outgoing stream comes as a descriptor. When Asio can't take it, its socket stays a closed one,
/// which fails each op.
[[gnu::noinline]] inline void make_socket(StreamRecord& stream, boost::asio::io_context& io) {
  error_code ignored;
  auto socket = std::make_unique<Socket>(io);
  socket->assign(any_family, stream.fd, ignored);
  give(stream, std::move(socket));
}

inline void see_to_socket(StreamRecord& stream, boost::asio::io_context& io) {
  if (stream.carrier == nullptr && stream.fd >= 0) [[unlikely]]
    make_socket(stream, io);
}

/// Asio closes the descriptor, if it could take it, and completes the waits that are on their way.
inline void close(StreamRecord& stream) {
  const std::unique_ptr<Socket> socket(&socket_of(stream));
  if (!socket->is_open()) ::close(stream.fd);
  stream.fd = -1;
  stream.carrier = nullptr;
}

inline bool is_dry(const error_code& failure) {
  return failure == error::would_block || failure == error::interrupted;
}

inline bool read_now(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  if (stream.in == Readiness::dry || !context.loans.lend(*op.stream)) return false;
  error_code failure;
  std::size_t count = 0;
  // While a drain is on, an accepted stream gives once what has arrived, and then its end.
  const bool draining = stream.draining.load(std::memory_order_relaxed);
  if (!draining || !std::exchange(stream.last_look, true)) [[likely]] {
    const boost::asio::mutable_buffer room(stream.loan, Loans::size_bytes);
    count = socket_of(stream).receive(room, MSG_DONTWAIT, failure);
  }
  stream.in = count == Loans::size_bytes ? Readiness::maybe : Readiness::dry;
  op.buffer = {stream.loan, count};
  op.error = 0;
  if (!failure) [[likely]]
    return true;
  if (is_dry(failure) && !draining) return false;
  if (!is_dry(failure) && failure != error::eof) op.error = failure.value();
  return true;
}

/// In one system call for all parts. True: all are sent.
inline bool send_parts(StreamRecord& stream, Op& op, error_code& failure) {
  std::size_t count = 0;
  if (op.count == 1) [[likely]] {
    const boost::asio::const_buffer part(op.parts->iov_base, op.parts->iov_len);
    count = socket_of(stream).send(part, MSG_DONTWAIT, failure);
    if (count == part.size()) [[likely]] {
      op.count = 0;
      return true;
    }
  } else {
    std::vector<boost::asio::const_buffer> parts;
    for (const iovec& part : std::span(op.parts, op.count)) {
      parts.emplace_back(part.iov_base, part.iov_len);
    }
    count = socket_of(stream).send(parts, MSG_DONTWAIT, failure);
  }
  if (count == 0) return false;
  take_off(op, count);
  op.deadline = never;  // progress: the write timeout begins anew
  return op.count == 0;
}

inline bool write_now(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  if (stream.out == Readiness::dry && op.verb == Verb::write) return false;
  error_code failure;
  while (!failure) {
    if (send_parts(stream, op, failure)) return true;
  }
  if (is_dry(failure))
    stream.out = Readiness::dry;
  else
    op.error = failure.value();
  if (op.error != 0 || op.verb == Verb::write_some) return true;
  if (op.deadline == never) {
    op.deadline = after(context.now(), context.work.limits.write_timeout);
  }
  return false;
}

/// Tries to carry `op` out without waiting: what `weir::attempt` does with recv(2) and send(2).
inline bool attempt(Op& op, Context& context) {
  if (op.verb == Verb::read) return read_now(op, context);
  if (op.verb == Verb::write || op.verb == Verb::write_some) return write_now(op, context);
  return attempt_other(op, context);
}

/// Where a listener's connections come in: Asio's acceptor on a copy of its descriptor.
class Door {
 public:
  Door(boost::asio::io_context& io, int listener)
      : acceptor(io, any_family, ::fcntl(listener, F_DUPFD_CLOEXEC, 0)) {
    acceptor.non_blocking(true);
    // Or else Asio waits, in poll(2), where a client has left the queue.
    acceptor.set_option(boost::asio::socket_base::enable_connection_aborted(true));
  }

  /// The next connection, or null: there is none now, or `shortage` of descriptors or memory.
  std::unique_ptr<Socket> accept(bool& shortage) {
    for (;;) {
      auto socket = std::make_unique<Socket>(acceptor.get_executor());
      error_code failure;
      acceptor.accept(*socket, failure);
      if (!failure) {
        ::fcntl(socket->native_handle(), F_SETFD, FD_CLOEXEC);
        return socket;
      }
      shortage = is_shortage(failure);
      if (shortage || failure == error::would_block) return nullptr;
    }  // all other errors are that one connection's
  }

  Acceptor acceptor;
  bool watched = false;  // an async_wait is on its way

 private:
  static bool is_shortage(const error_code& failure) {
    return failure == error::no_descriptors || failure == error::no_memory ||
           failure == error::no_buffer_space || failure.value() == ENFILE ||
           failure.value() == ENOSPC;  // epoll_ctl(2)
  }
};

/// A descriptor that stays its owner's.
class Watched {
 public:
  Watched(boost::asio::io_context& io, int fd) : copy_(io, ::fcntl(fd, F_DUPFD_CLOEXEC, 0)) {}

  /// Calls `then` when it is readable: once, whether that was asked for already or not.
  template <class Then>
  void watch(Then then) {
    if (std::exchange(on_its_way_, true)) return;
    copy_.async_wait(copy_.wait_read, [this, then](const error_code&) {
      on_its_way_ = false;
      then();
    });
  }

 private:
  boost::asio::posix::stream_descriptor copy_;
  bool on_its_way_ = false;
};

}  // namespace weir::by_asio
