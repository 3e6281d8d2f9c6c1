#pragma once
#include <cstddef>
#include <new>

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
    if (free_ == nullptr && !grow()) return false;
    stream.record.loan = reinterpret_cast<char*>(free_);
    free_ = free_->next;
    return true;
  }
  /// Takes the buffer of `stream` back, if it has one.
  void take_back(Stream& stream) noexcept {
    if (stream.record.loan == nullptr) return;
    free_ = new (stream.record.loan) Free{free_};
    stream.record.loan = nullptr;
  }

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
