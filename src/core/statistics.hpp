#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include <weir/error.hpp>

namespace weir {

/// What became of the connections. Counted once per connection, by any thread.
struct Statistics {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};  // closed at once, for want of descriptors or threads
  std::atomic<std::uint64_t> finished{0};
  std::array<std::atomic<std::uint64_t>, 4> failed{};  // by FailureKind
  std::atomic<std::uint64_t> forced_at_drain{0};       // still open when the grace time was over

  void count(FailureKind kind) { ++failed[static_cast<std::size_t>(kind)]; }
  std::uint64_t of(FailureKind kind) const { return failed[static_cast<std::size_t>(kind)]; }

  /// Adds what another worker has counted.
  void add(const Statistics& other);
  /// The process that counted here has died: its open connections have failed.
  void count_lost();

  /// `12 connections: 10 finished, 1 reset, 1 timed out`
  std::string text() const;
};

}  // namespace weir
