#pragma once
#include <cerrno>
#include <cstddef>
#include <new>
#include <sys/mman.h>
#include <system_error>

namespace weir {

/// A T in memory that this process shares with the children that it makes from now on: mmap(2) with
/// MAP_SHARED. T must not hold pointers. Throws std::system_error when there is no memory.
template <class T>
class Shared {
 public:
  Shared() {
    void* memory =
        ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::system_category(), "mmap");
    value_ = new (memory) T{};
  }
  ~Shared() {
    value_->~T();
    ::munmap(value_, sizeof(T));
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  T& operator*() const { return *value_; }
  T* operator->() const { return value_; }

 private:
  T* value_;
};

}  // namespace weir
