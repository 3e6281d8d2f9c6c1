#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <weir/time.hpp>

#include "http/conditions.hpp"

namespace weir::http {

/// Files up to this size are kept in memory, and sent along with the head.
inline constexpr std::size_t content_bytes_max = std::size_t{32} << 10;

/// A file that was opened, as it was then.
struct OpenFile {
  OpenFile() = default;
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int fd = -1;  // of one that isn't kept in memory
  std::uint64_t size = 0;
  std::string content = {};
  Validators validators = {};

  bool in_memory() const { return fd < 0; }
};

/// What was found at a path.
struct Found {
  enum class Kind : std::uint8_t { file, directory, nothing, shortage };
  Kind kind = Kind::nothing;
  std::shared_ptr<const OpenFile> file = {};
};

/// The files below a directory. Nothing else is opened, whatever a path says: openat2(2) with
/// RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS; and regular files only. What was
/// found is good for a while, and then looked up anew. Any thread may ask.
class Directory {
 public:
  /// Throws std::system_error when it can't be opened, or the kernel has no openat2 (before 5.6).
  Directory(const std::string& path, Duration good_for);
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  Found find(const std::string& path) const;

 private:
  struct Known {
    Found found;
    Time until;
  };
  static constexpr std::size_t known_max = 512;

  Found open(const std::string& path) const;
  void forget_all() const;

  const int fd_;
  const Duration good_for_;
  mutable std::mutex lock_;
  mutable std::unordered_map<std::string, Known> known_;
  mutable Time sweep_at_{};  // of what is good no longer
};

}  // namespace weir::http
