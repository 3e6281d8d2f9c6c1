// Coroutine frames. A session awaits children all the time (a codec's helper, a greeting), each
// with a frame of one or two hundred bytes; a free list per thread makes them cost ten instructions
// instead of a malloc. Blocks are ordinary heap blocks, so a frame may be freed by another thread
// than the one that made it.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#include <weir/task.hpp>

#include "core/compiler.hpp"

namespace weir::detail {
namespace {

constexpr std::size_t class_step_bytes = 32;
constexpr std::size_t pooled_bytes_max = 512;
constexpr std::uint32_t pooled_frames_max = 1024;  // kept for reuse, of each size, by each thread

struct FreeFrame {
  FreeFrame* next;
};

struct FreeList {
  FreeFrame* first = nullptr;
  std::uint32_t length = 0;
};

// Trivially destructible, so that using it needs no check whether it was constructed; what is left
// in it when its thread ends is given back by `Reclaim`.
constinit thread_local std::array<FreeList, pooled_bytes_max / class_step_bytes> free_lists{};

struct Reclaim {
  bool armed = false;
  ~Reclaim() {
    for (FreeList& list : free_lists) {
      while (FreeFrame* frame = list.first) {
        list.first = frame->next;
        ::operator delete(frame);
      }
      list.length = pooled_frames_max;  // a frame freed after this goes to the heap
    }
  }
};
thread_local Reclaim reclaim;

constexpr std::size_t size_class(std::size_t size_bytes) {
  return (size_bytes - 1) / class_step_bytes;
}

constexpr bool pooled(std::size_t size_bytes) {
  return !address_sanitizer && size_bytes <= pooled_bytes_max;
}

}  // namespace

void* allocate_frame(std::size_t size_bytes) {
  if (!pooled(size_bytes)) return ::operator new(size_bytes);
  FreeList& list = free_lists[size_class(size_bytes)];
  if (FreeFrame* frame = list.first) {
    list.first = frame->next;
    --list.length;
    return frame;
  }
  reclaim.armed = true;  // this thread has frames: see to it that they are given back
  return ::operator new((size_class(size_bytes) + 1) * class_step_bytes);
}

void free_frame(void* memory, std::size_t size_bytes) noexcept {
  if (pooled(size_bytes)) {
    FreeList& list = free_lists[size_class(size_bytes)];
    if (list.length < pooled_frames_max) {
      list.first = new (memory) FreeFrame{list.first};
      ++list.length;
      return;
    }
  }
  ::operator delete(memory);
}

}  // namespace weir::detail
