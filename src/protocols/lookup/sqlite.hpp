#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lookup {

/// A table of keys and values in a file (SQLite), made when it isn't there. May be used by many
/// threads at once. Its connections are opened when they are needed, so that a process that was
/// forked has its own, which SQLite demands (sqlite.org/howtocorrupt.html).
class SqliteStore {
 public:
  /// Throws std::runtime_error with one sentence when the file can't be used.
  explicit SqliteStore(std::string path);
  ~SqliteStore();

  /// What the key has; nothing when there is no such key. Blocks. Throws std::runtime_error.
  std::optional<std::string> get(std::string_view key);
  /// Gives it that value. Blocks. Throws std::runtime_error.
  void set(std::string_view key, std::string_view value);

 private:
  class Connection;
  class Borrowed;

  const std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> spare_;
};

}  // namespace weir::lookup
