// The streams of the model `uv`: how libuv's handles are opened, watched and closed.
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

#include "models/uv_loop.hpp"

namespace weir {

void UvLoop::check(int result, const char* doing) {
  if (result < 0) throw std::system_error(-result, std::system_category(), doing);
}

std::unique_ptr<Carrier> UvLoop::make_carrier(int family) {
  auto carrier = std::make_unique<Carrier>();
  if (family == AF_UNIX)
    uv_pipe_init(&uv_, &carrier->pipe, 0);
  else
    uv_tcp_init(&uv_, &carrier->tcp);
  return carrier;
}

void UvLoop::open(Carrier& carrier, int fd) {
  if (carrier.stream.type == UV_NAMED_PIPE)
    check(uv_pipe_open(&carrier.pipe, fd), "uv_pipe_open");
  else
    check(uv_tcp_open(&carrier.tcp, fd), "uv_tcp_open");
}

void UvLoop::open_outgoing(Stream& stream) {
  int family = 0;
  socklen_t size = sizeof family;
  ::getsockopt(stream.record.fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  Carrier* carrier = make_carrier(family).release();
  carrier->stream.data = &stream;
  stream.record.carrier = carrier;
  open(*carrier, stream.record.fd);
}

int UvLoop::watch_writable(Stream& stream, uv_poll_cb call) {
  Carrier& carrier = opened(stream);
  if (carrier.watch == nullptr) {
    auto watch = std::make_unique<Carrier::Watch>();
    watch->fd = Descriptor(::fcntl(stream.record.fd, F_DUPFD_CLOEXEC, 0));
    if (!watch->fd) return -errno;
    const int error = uv_poll_init(&uv_, &watch->handle, watch->fd.get());
    if (error < 0) return error;
    watch->handle.data = &stream;
    carrier.watch = std::move(watch);
    ++carrier.handles;
  }
  return uv_poll_start(&carrier.watch->handle, UV_WRITABLE, call);
}

void UvLoop::stop_watching(const Op& op) {
  for (std::uint32_t i = 0; op.verb == Verb::wait && i < op.count; ++i) {
    if (op.sources[i].kind != Source::Kind::writable) continue;
    const Carrier* carrier = carrier_of(*op.sources[i].stream);
    if (carrier != nullptr && carrier->watch != nullptr) uv_poll_stop(&carrier->watch->handle);
  }
}

void UvLoop::close_stream(Stream& stream) {
  uv_handle_t* const handle = base(carrier_of(stream)->stream);
  if (uv_is_closing(handle) != 0) return;
  stream.record.fd = -1;  // libuv closes it
  stream.record.interest = 0;
  uv_close(handle, on_closed);
}

void UvLoop::leave(Stream& stream) {
  Carrier* carrier = carrier_of(stream);
  if (carrier == nullptr) {  // it had no connection, or libuv was never told of it
    if (stream.record.fd >= 0) ::close(std::exchange(stream.record.fd, -1));
    return bury(stream);
  }
  carrier->left = true;
  if (carrier->watch != nullptr) uv_close(base(carrier->watch->handle), on_closed);
  close_stream(stream);
  if (carrier->handles > 0) {
    ++leaving_;
    return;
  }
  delete carrier;  // a write that failed had closed it before
  bury(stream);
}

void UvLoop::on_closed(uv_handle_t* handle) {
  Stream& stream = *static_cast<Stream*>(handle->data);
  UvLoop& loop = of(handle);
  Carrier* carrier = carrier_of(stream);
  if (--carrier->handles > 0 || !carrier->left) return;
  delete carrier;
  --loop.leaving_;
  loop.bury(stream);
}

/// Closes what no session has seen.
void UvLoop::discard(Carrier* carrier) {
  carrier->stream.data = carrier;
  uv_close(base(carrier->stream),
           [](uv_handle_t* handle) { delete static_cast<Carrier*>(handle->data); });
}

}  // namespace weir
