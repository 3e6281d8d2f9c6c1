#pragma once

namespace weir {

/// How the workers of a server come to their connections.
enum class Accept {
  shard,  // each has listeners of its own, among which the kernel spreads: SO_REUSEPORT, socket(7)
  share,  // all wait at the same ones, and the first that is idle takes the next connection
};

}  // namespace weir
