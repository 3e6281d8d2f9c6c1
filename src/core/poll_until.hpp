#pragma once
#include <poll.h>
#include <vector>

#include <weir/time.hpp>

#include "core/time_left.hpp"

namespace weir {

/// ppoll(2) until a descriptor is ready or `limit` has come. False: it has, or a signal came.
inline bool poll_until(std::vector<pollfd>& watched, Time limit) {
  const timespec left = limit == never ? timespec{} : time_left(limit);
  return ::ppoll(watched.data(), watched.size(), limit == never ? nullptr : &left, nullptr) > 0;
}

}  // namespace weir
