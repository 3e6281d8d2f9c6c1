#pragma once
#include <vector>

#include "core/event_loop.hpp"
#include "models/uring_ring.hpp"

namespace weir {

/// How an io_uring watches listeners. As long as there is room for all that may come at once, one
/// request accepts them all (multishot). Else, and when descriptors have run out, the listener is
/// polled, and as many are accepted as there is room for.
class Doors {
 public:
  Doors(Ring& ring, EventLoop& loop, Work& work);

  /// A chore of each turn: sees to it that each listener is watched as it should be.
  void watch();
  /// A request that watches a listener has something to tell: accepts, and begins the sessions.
  void take(const Completion& completion);
  /// Stops watching: a request holds its listener open, so it has to end before. Called in each turn
  /// until it answers true, once: all who waited are accepted.
  bool shut();

 private:
  enum class Watch : std::uint8_t { none, accept, poll };
  struct Door {
    Watch watch = Watch::none;
    bool ending = false;
  };

  bool has_plenty() const;
  void end_watch(std::size_t index);
  void open(Descriptor connection);
  bool accept_some(Listener& listener);

  Ring& ring_;
  EventLoop& loop_;
  Work& work_;
  std::vector<Door> doors_;  // one for each listener
  bool short_of_descriptors_ = false;
  bool shut_ = false;
};

}  // namespace weir
