#include "load/pipeline.hpp"

#include <algorithm>
#include <cerrno>

#include <weir/model.hpp>

namespace weir::load {
namespace {

/// Takes what is written, and fails whatever else is asked.
class Listens final : public Model {
 public:
  Started start(Op& op) override {
    op.error = op.verb == Verb::write || op.verb == Verb::write_some ? 0 : ECANCELED;
    for (; op.error == 0 && op.count > 0; ++op.parts, --op.count) {
      heard.append(static_cast<const char*>(op.parts->iov_base), op.parts->iov_len);
    }
    return Started::done;
  }
  void cancel(Op&) override {}
  void close(Stream&) override {}
  void serve(Work&) override {}

  std::string heard;
};

/// The outermost task, which nobody awaits.
struct Alone : Root {
  Alone() : Root([](Root&) {}) {}
};

}  // namespace

std::string request_of(const Exchanges& exchanges, std::size_t request_bytes) {
  const auto exchange = exchanges.make(request_bytes);
  Listens model;
  Stream stream;
  stream.record.model = &model;
  stream.record.op.stream = &stream;
  Alone root;
  const Task<> task = exchange(stream);
  task.start(root);
  return model.heard;
}

Repeated::Repeated(const Exchanges& exchanges, std::size_t request_bytes, std::size_t count) {
  constexpr std::size_t bytes_max = 256 * 1024;  // large requests are written one by one
  const std::string request = request_of(exchanges, request_bytes);
  request_bytes_ = request.size();
  answers_ = exchanges.answers(request);
  const std::size_t copies = std::clamp(bytes_max / request_bytes_, std::size_t{1}, count);
  bytes_.reserve(copies * request_bytes_);
  for (std::size_t i = 0; i < copies; ++i) bytes_ += request;
}

std::string_view Repeated::rest(std::size_t left) const {
  const std::size_t of_first = left % request_bytes_;
  const std::size_t begin = of_first == 0 ? 0 : request_bytes_ - of_first;
  return std::string_view(bytes_).substr(begin, left);
}

Pipeline::Pipeline(Stream& server, const Repeated& requests)
    : server_(server), requests_(requests), answers_(requests.answers()) {}

void Pipeline::send(std::size_t count) {
  unanswered_ += count;
  unwritten_bytes_ = count * requests_.request_bytes();
  write();
}

void Pipeline::write() {
  while (unwritten_bytes_ > 0) {
    const std::string_view bytes = requests_.rest(unwritten_bytes_);
    const std::size_t taken = server_.write_some(bytes);
    unwritten_bytes_ -= taken;
    if (taken < bytes.size()) return;
  }
}

Task<std::size_t> Pipeline::go_on(Time until_time) {
  constexpr std::size_t in = 0;
  std::size_t first = in;
  if (!written()) {
    first = co_await server_.io().wait(readable(server_), until(until_time), writable(server_));
  } else if (until_time != never) {
    first = co_await server_.io().wait(readable(server_), until(until_time));
  }
  if (first != in) {
    write();
    co_return 0;
  }
  const Bytes piece = co_await server_.read();
  co_return take(piece);
}

std::size_t Pipeline::take(std::string_view piece) {
  if (piece.empty()) {
    throw ProtocolError("the server closed the connection before it had answered");
  }
  const std::size_t answered = answers_(piece);
  if (answered > unanswered_) {
    throw ProtocolError("the server answered more than it was asked for");
  }
  unanswered_ -= answered;
  return answered;
}

}  // namespace weir::load
