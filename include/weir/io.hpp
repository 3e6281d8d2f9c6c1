#pragma once
#include <array>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include <weir/address.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/time.hpp>

namespace weir {

class Bell;

/// Something that a `wait` waits for.
struct Source {
  enum class Kind : std::uint8_t { readable, writable, until, posted } kind;
  Stream* stream = nullptr;
  Time time = never;
  Bell* bell = nullptr;  // of a mailbox: mailbox.hpp
};

/// How many sources one wait can have.
inline constexpr std::size_t wait_sources_max = 16;

/// The stream has bytes to be read, or its end, or a failure. Ends the stream's loan.
Source readable(Stream& stream);
/// The stream takes at least one byte, or has failed.
Source writable(Stream& stream);
/// The time has come.
Source until(Time time);

/// Closes an outgoing stream when its session is done with it.
struct CloseStream {
  void operator()(Stream* stream) const noexcept;
};
using StreamPtr = std::unique_ptr<Stream, CloseStream>;

/// What `connect` gives: a stream, or why there is none.
struct Connected {
  StreamPtr stream;
  std::error_code error;
  explicit operator bool() const { return stream != nullptr; }
};

/// What a session can do besides its stream. Sessions that belong to no listener (clients, periodic
/// tasks) are a `Task<>(Io&)`.
class Io {
 public:
  class Sleep;
  class Offloaded;
  template <std::size_t Sources>
  class Wait;

  explicit Io(StreamRecord& home) : home_(home) {}
  Io(const Io&) = delete;
  Io& operator=(const Io&) = delete;

  /// The monotonic time. Under an event loop it is read once a turn.
  Time now() const;

  /// Awaited: returns after `duration`. Throws StreamError (ECANCELED) when a drain runs out of
  /// time.
  Sleep sleep(Duration duration);

  /// Awaited: returns the index of the first of the sources that is ready, as poll(2) does; waits
  /// until one is. Throws StreamError (ETIMEDOUT) when the deadline of a stream among them passes
  /// first. Copy both ways between two streams with `wait` and `write_some`: with `write`, two
  /// full directions wait for each other for ever.
  template <class... Sources>
  Wait<sizeof...(Sources)> wait(Sources... sources);

  /// Connects to `address`, or says why not, within `timeout`. Never throws StreamError.
  Task<Connected> connect(Address address, Duration timeout = std::chrono::seconds(30));

  /// Awaited: runs `work()`, which may block or compute, where it holds up nobody else, and gives
  /// what it returned or throws what it threw. Under a model that blocks it is run at once, on the
  /// session's own thread; under event loops and fibers on one of the threads that `--offload` grants
  /// to each worker, in turn. The session goes on on its own thread.
  ///
  /// It can't be interrupted: no deadline ends it, and a drain waits for it. What it refers to has to
  /// outlive it, which the session's variables do.
  template <class Work>
  Task<std::invoke_result_t<Work&>> offload(Work work);

  /// A number from all of 64 bits, from a generator that was seeded by the kernel (getrandom(2)), or
  /// by the simulation. Not for keys.
  std::uint64_t random();

 private:
  bool start_sleep(Duration duration);
  bool start_offload(Job& job);
  bool start_wait(Source* sources, std::uint32_t count);
  void take_slept();
  std::size_t take_ready();

  StreamRecord& home_;  // whose op carries what is awaited here
};

class Io::Sleep {
 public:
  Sleep(Io& io, Duration duration) : io_(io), duration_(duration) {}

  bool await_ready() const { return io_.start_sleep(duration_); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    io_.home_.op.waiter = &waiter.promise();
  }
  void await_resume() const { io_.take_slept(); }

 private:
  Io& io_;
  Duration duration_;
};

/// Awaits a job that runs elsewhere.
class Io::Offloaded {
 public:
  Offloaded(Io& io, Job& job) : io_(io), job_(job) {}

  bool await_ready() const { return io_.start_offload(job_); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    io_.home_.op.waiter = &waiter.promise();
  }
  void await_resume() const noexcept {}

 private:
  Io& io_;
  Job& job_;
};

template <std::size_t Sources>
class Io::Wait {
 public:
  Wait(Io& io, std::array<Source, Sources> sources) : io_(io), sources_(sources) {}

  bool await_ready() { return io_.start_wait(sources_.data(), Sources); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    io_.home_.op.waiter = &waiter.promise();
  }
  std::size_t await_resume() const { return io_.take_ready(); }

 private:
  Io& io_;
  std::array<Source, Sources> sources_;
};

inline Io::Sleep Io::sleep(Duration duration) {
  return {*this, duration};
}

template <class... Sources>
Io::Wait<sizeof...(Sources)> Io::wait(Sources... sources) {
  static_assert(sizeof...(Sources) > 0 && sizeof...(Sources) <= wait_sources_max);
  return {*this, {sources...}};
}

template <class Work>
Task<std::invoke_result_t<Work&>> Io::offload(Work work) {
  using Result = std::invoke_result_t<Work&>;
  struct Run : Job {
    explicit Run(Work& what)
        : Job{[](Job& job) noexcept { static_cast<Run&>(job).run(); }}, work(what) {}
    void run() noexcept {
      try {
        if constexpr (std::is_void_v<Result>)
          work();
        else
          result.emplace(work());
      } catch (...) {
        failure = std::current_exception();
      }
    }
    Work& work;
    std::optional<std::conditional_t<std::is_void_v<Result>, char, Result>> result;
    std::exception_ptr failure;
  };
  Run job(work);
  co_await Offloaded(*this, job);
  if (job.failure) std::rethrow_exception(job.failure);
  if constexpr (!std::is_void_v<Result>) co_return std::move(*job.result);
}

}  // namespace weir
