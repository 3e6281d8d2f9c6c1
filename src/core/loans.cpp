#include "core/loans.hpp"

#include <algorithm>

namespace weir {
namespace {

constexpr std::align_val_t alignment{64};  // a cache line, and any vector

}  // namespace

Loans::Loans(std::size_t memory_max_bytes)
    : buffers_max_(std::max<std::size_t>(1, memory_max_bytes / size_bytes)) {}

Loans::~Loans() {
  while (Free* buffer = free_) {
    free_ = buffer->next;
    ::operator delete(buffer, alignment);
  }
}

bool Loans::grow() {
  if (buffers_ == buffers_max_) return false;
  void* buffer = ::operator new(size_bytes, alignment, std::nothrow);
  if (buffer == nullptr) return false;
  free_ = new (buffer) Free{free_};
  ++buffers_;
  return true;
}

}  // namespace weir
