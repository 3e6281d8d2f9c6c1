#pragma once
#include <cstddef>
#include <new>
#include <utility>

#include <weir/stream.hpp>

namespace weir {

/// The read buffers of one thread. Under an event loop a stream holds one from a read that gave bytes
/// until its session has to wait to read again: an idle connection holds none, and a busy loop uses
/// one warm buffer for all. Under a blocking model, whose recv waits with a buffer in hand, a stream
/// holds one from its first read on.
class Loans {
 public:
  static constexpr std::size_t size_bytes = 64 * 1024;

  /// `memory_max_bytes` bounds what is lent at once (at least one buffer).
  explicit Loans(std::size_t memory_max_bytes);
  ~Loans();
  Loans(const Loans&) = delete;
  Loans& operator=(const Loans&) = delete;

  /// Gives `stream` a buffer, unless it has one. False when the bound is reached.
  bool lend(Stream& stream) {
    if (stream.record.loan != nullptr) return true;
    stream.record.loan = take();
    return stream.record.loan != nullptr;
  }
  /// Takes the buffer of `stream` back, if it has one.
  void take_back(Stream& stream) noexcept {
    if (stream.record.loan == nullptr) return;
    give(stream.record.loan);
    stream.record.loan = nullptr;
  }

  /// A buffer for who lends it himself, or null when the bound is reached. He gives it back, or sees
  /// to it that it becomes the loan of a stream.
  char* take() {
    if (free_ == nullptr && !grow()) return nullptr;
    return reinterpret_cast<char*>(std::exchange(free_, free_->next));
  }
  void give(char* buffer) noexcept { free_ = new (buffer) Free{free_}; }

 private:
  bool grow();

  struct Free {  // a buffer that nobody has, in a list through the buffers themselves
    Free* next;
  };
  Free* free_ = nullptr;
  std::size_t buffers_ = 0;
  std::size_t buffers_max_;
};

}  // namespace weir
