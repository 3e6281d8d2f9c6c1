#pragma once
// What is to happen in the simulation, in the order of time.
#include <cstdint>
#include <vector>

#include <weir/op.hpp>
#include <weir/time.hpp>

namespace weir::sim {

/// Whose number is `Event::socket`, unless said otherwise.
enum class EventKind : std::uint8_t {
  arrive,       // bytes up to `mark`, or the end behind them, have come in
  look,         // its waiting op is tried again
  reset,        // the connection breaks, for both ends
  peer_reset,   // the other end has closed without having read all
  established,  // what came of connecting
  accept,       // the server gets to see the connection
  offload,      // `op`'s job is run
  request_end,  // of the server: a drain, or when it is on already, force
};

struct Event {
  Time at;
  std::uint32_t order = 0;  // of two at the same time, the one that was made first comes first
  EventKind kind = EventKind::look;
  bool slow = false;  // it was held up beyond the usual latency
  std::uint32_t socket = 0;
  std::uint64_t mark = 0;
  Op* op = nullptr;
};

/// A binary heap: the standard one compares through a function object as well, but moves elements
/// twice.
class Events {
 public:
  void add(Event event) {
    event.order = order_++;
    std::size_t i = heap_.size();
    heap_.push_back(event);
    for (; i > 0 && before(event, heap_[(i - 1) / 2]); i = (i - 1) / 2) {
      heap_[i] = heap_[(i - 1) / 2];
    }
    heap_[i] = event;
  }

  bool empty() const { return heap_.empty(); }
  /// `never` when there is none.
  Time next() const { return heap_.empty() ? never : heap_.front().at; }

  Event take() {
    const Event first = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    if (heap_.empty()) return first;
    std::size_t i = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 2 * i + 1) {
      if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
      if (!before(heap_[child], last)) break;
      heap_[i] = heap_[child];
      i = child;
    }
    heap_[i] = last;
    return first;
  }

  void clear() {
    heap_.clear();
    order_ = 0;
  }

 private:
  static bool before(const Event& a, const Event& b) {
    return a.at != b.at ? a.at < b.at : a.order < b.order;
  }

  std::vector<Event> heap_;
  std::uint32_t order_ = 0;
};

}  // namespace weir::sim
