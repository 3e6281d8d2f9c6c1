#pragma once
#include <cstdint>
#include <sys/uio.h>

#include <weir/task.hpp>
#include <weir/time.hpp>

namespace weir {

class Address;
class Stream;
struct Source;

struct Op;

/// Work for a thread that may block, and the offload that waits for it.
struct Job {
  void (*run)(Job&) noexcept;
  Op* op = nullptr;
  Job* next = nullptr;  // in the queue where it lies
};

/// What an operation asks of the model. The last three never wait: `finish` ends the stream's writes,
/// `connect` makes a socket and begins to connect it, `connected` asks what came of that.
enum class Verb : std::uint8_t {
  none,
  read,
  write,
  write_some,
  wait,
  sleep,
  offload,
  finish,
  connect,
  connected
};

/// An operation as plain data: what is asked, until when, what came of it, and what to run when it
/// completes. A session is sequential, so one op per stream suffices and lives in the stream.
///
/// A model completes an op by filling `error` and the result, and calling `complete`, on the thread
/// that started it.
struct Op {
  static constexpr std::uint32_t not_in_heap = UINT32_MAX;

  Verb verb = Verb::none;
  bool in_flight = false;         // started, answered "pending", not yet completed
  std::uint8_t done_at_once = 0;  // ops done without a wait since the last one (for fairness)
  std::uint8_t turn = 0;          // wait, under an event loop: in which of its turns it was filed
  std::uint32_t count = 0;        // write: parts left; wait: sources
  int error = 0;                  // an errno value; 0: it succeeded
  std::uint32_t timer_index = not_in_heap;
  Time deadline = never;
  union {
    iovec* parts;            // write: what is left to be written, changed as the kernel takes it
    Source* sources;         // wait
    Job* job;                // offload
    const Address* address;  // connect: where to ...
    int fd;                  // ... and then the socket, whatever the error, or -1
  };
  iovec buffer{};  // read: what was lent; write of one part: that part; wait: iov_len, which source
  Stream* stream = nullptr;        // whose; of a connect: of the session
  Continuation* waiter = nullptr;  // for the default `complete`
  void (*complete)(Op&) = resume_waiter;

  Op() : parts(nullptr) {}
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;

  /// The default completion: the session that awaits goes on.
  static void resume_waiter(Op& op) { resume(op.waiter); }
};

}  // namespace weir
