#include "core/timers.hpp"

namespace weir {

void Timers::place(std::size_t index, Entry entry) {
  heap_[index] = entry;
  entry.op->timer_index = static_cast<std::uint32_t>(index);
}

void Timers::sift_up(std::size_t index, Entry entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (heap_[parent].time <= entry.time) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, entry);
}

void Timers::sift_down(std::size_t index, Entry entry) {
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].time < heap_[child].time) ++child;
    if (entry.time <= heap_[child].time) break;
    place(index, heap_[child]);
    index = child;
  }
  place(index, entry);
}

void Timers::insert(Op& op) {
  heap_.push_back({op.deadline, &op});
  sift_up(heap_.size() - 1, {op.deadline, &op});
  next_ = heap_.front().time;
}

void Timers::hasten(Op& op) {
  sift_up(op.timer_index, {op.deadline, &op});
  next_ = heap_.front().time;
}

void Timers::disarm(Op& op) {
  if (op.timer_index == Op::not_in_heap) return;
  const std::size_t index = op.timer_index;
  op.timer_index = Op::not_in_heap;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (index != heap_.size()) {
    sift_down(index, last);
    sift_up(last.op->timer_index, last);
  }
  next_ = heap_.empty() ? never : heap_.front().time;
}

Op* Timers::expired(Time now) {
  while (!heap_.empty() && heap_.front().time <= now) {
    Op& op = *heap_.front().op;
    if (op.in_flight && op.deadline > now && op.deadline != never) {
      sift_down(0, {op.deadline, &op});  // it has moved on since: look again then
      next_ = heap_.front().time;
      continue;
    }
    disarm(op);
    if (op.in_flight && op.deadline <= now) return &op;
  }
  return nullptr;
}

}  // namespace weir
