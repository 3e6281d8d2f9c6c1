#pragma once
#include <cstddef>
#include <cstdint>

#include <weir/time.hpp>

namespace weir {

/// The bounds of a server. Every one has an option of `weir serve`.
struct Limits {
  Duration idle_timeout{0};  // a read or wait may take so long; 0: for ever
  Duration write_timeout = std::chrono::seconds(30);  // without a byte being taken
  Duration drain_timeout = std::chrono::seconds(30);  // from the request to end to the force
  std::uint32_t connections_max = default_connections_max();
  std::size_t loan_memory_max_bytes = std::size_t{256} << 20;
  std::uint32_t offload_threads = 4;  // that an event loop may make; 0: it does the work itself

  /// 80 % of the descriptors that this process may open: getrlimit(2), RLIMIT_NOFILE.
  static std::uint32_t default_connections_max();
};

}  // namespace weir
