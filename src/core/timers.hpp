#pragma once
#include <vector>

#include <weir/op.hpp>

namespace weir {

/// The deadlines of one event loop: a binary heap that is lazy. A session that reads again and
/// again moves its deadline with each read; the entry in the heap stays where it was, and only when
/// it comes due is looked at again. So a deadline costs a comparison an operation.
class Timers {
 public:
  /// Sees to it that `op` is looked at by its deadline.
  void arm(Op& op) {
    if (op.deadline == never) return;
    if (op.timer_index == Op::not_in_heap) {
      insert(op);
    } else if (op.deadline < heap_[op.timer_index].time) {
      hasten(op);
    }
  }
  /// Forgets `op`, whose record is about to end.
  void disarm(Op& op);
  /// When `expired` has to be asked next; at the latest the first deadline.
  Time next() const { return next_; }
  /// An op in flight whose deadline has passed at `now`, or null. It is out of the heap.
  Op* expired(Time now);

 private:
  struct Entry {
    Time time;
    Op* op;
  };
  void insert(Op& op);
  void hasten(Op& op);
  void place(std::size_t index, Entry entry);
  void sift_up(std::size_t index, Entry entry);
  void sift_down(std::size_t index, Entry entry);

  std::vector<Entry> heap_;
  Time next_ = never;  // of the front entry
};

}  // namespace weir
