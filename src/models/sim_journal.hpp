#pragma once
// What is known of a run of the simulation: its trace, what was covered, what went wrong.
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <weir/op.hpp>
#include <weir/time.hpp>

namespace weir::sim {

/// What may happen to an op, or to its connection before it completes.
enum class Fault : std::uint8_t {
  delay,       // held up beyond the latency
  split,       // a part of what was written at once
  coalesce,    // bytes of several writes together
  full,        // a buffer was full
  reset,       // the connection was reset
  half_close,  // the client finished right after a write
  silence,     // nothing more arrived of what the client sent
  refused,     // a connection was refused
  time_out,
  drain,  // the server was asked to end
};
inline constexpr std::size_t faults = 10;
inline constexpr std::size_t verbs = static_cast<std::size_t>(Verb::connected) + 1;

constexpr std::uint32_t bit(Fault fault) {
  return 1u << static_cast<std::uint32_t>(fault);
}

const char* name_of(Verb verb);
const char* name_of(Fault fault);
/// Whether the fault can come to an op of this verb at all.
bool can_occur(Verb verb, Fault fault);

/// How often each fault came to an op of each verb.
using Coverage = std::array<std::array<std::uint64_t, faults>, verbs>;

/// An op that completed.
struct Completed {
  Time at;
  Verb verb;
  std::uint32_t who;  // the number of a socket, or of a client's own ops
  std::uint32_t faults;
  int error;
  std::uint64_t result;
};

class Journal {
 public:
  /// Gets the trace as text, a line an event; null: there is no text.
  std::function<void(std::string_view line)> text;

  void begin() {
    hash_ = 0xCBF29CE484222325;
    ops_ = 0;
    failure_.clear();
  }
  void note(const Completed& op) {
    ++ops_;
    mix(static_cast<std::uint64_t>(op.at.time_since_epoch().count()));
    mix(static_cast<std::uint64_t>(op.verb) | std::uint64_t{op.who} << 8 |
        static_cast<std::uint64_t>(op.error) << 40);
    mix(op.result);
    if (op.faults != 0) cover(op.verb == Verb::connected ? Verb::connect : op.verb, op.faults);
    if (text) [[unlikely]]
      write(op);
  }
  void cover(Verb verb, std::uint32_t faults_of_it) {
    auto& row = coverage_[static_cast<std::size_t>(verb)];
    for (; faults_of_it != 0; faults_of_it &= faults_of_it - 1) {
      ++row[static_cast<std::size_t>(std::countr_zero(faults_of_it))];
    }
  }
  /// What happens besides ops.
  void event(Time at, std::string_view what);
  /// The first failure of a run is the one that counts.
  void fail(Time at, const std::string& what);

  std::uint64_t hash() const { return hash_; }
  std::uint64_t ops() const { return ops_; }
  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  const Coverage& coverage() const { return coverage_; }

 private:
  /// FNV-1a over words: Fowler, Noll and Vo; folded, so that high bits reach the low ones.
  void mix(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001B3;
    hash_ ^= hash_ >> 29;
  }
  void write(const Completed& op);

  std::uint64_t hash_ = 0;
  std::uint64_t ops_ = 0;
  std::string failure_;
  Coverage coverage_{};
};

/// `client 3`: who has the socket with this number.
std::string name_of_socket(std::uint32_t number);
/// The number by which a client's ops are known that are no stream's.
constexpr std::uint32_t own_ops_of(std::uint32_t client) {
  return client | 0x800000;
}

}  // namespace weir::sim
