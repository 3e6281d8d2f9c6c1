#include "core/loans.hpp"

#include <algorithm>
#include <new>

namespace weir {

Loans::Loans(std::size_t memory_max_bytes)
    : buffers_max_(std::max<std::size_t>(1, memory_max_bytes / size_bytes)) {}

Loans::~Loans() {
  for (char* buffer : free_) ::operator delete(buffer);
}

bool Loans::grow() {
  if (buffers_ == buffers_max_) return false;
  if (free_.capacity() <= buffers_) free_.reserve(2 * buffers_ + 1);  // so that take_back can't throw
  char* buffer = static_cast<char*>(::operator new(size_bytes, std::nothrow));
  if (buffer == nullptr) return false;
  free_.push_back(buffer);
  ++buffers_;
  return true;
}

}  // namespace weir
