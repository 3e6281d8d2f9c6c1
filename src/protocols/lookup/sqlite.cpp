#include "lookup/sqlite.hpp"

#include <sqlite3.h>
#include <stdexcept>
#include <utility>

namespace weir::lookup {
namespace {

constexpr int busy_timeout_ms = 5000;  // while another process writes
constexpr std::size_t spare_max = 64;
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, value TEXT)";
constexpr const char* get_text = "SELECT value FROM pairs WHERE key = ?1";
constexpr const char* set_text = "INSERT OR REPLACE INTO pairs (key, value) VALUES (?1, ?2)";

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

[[noreturn]] void refuse(sqlite3* database) {
  throw std::runtime_error(std::string("SQLite says: ") + sqlite3_errmsg(database));
}

Database open(const std::string& path) {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Database database(opened);
  if (code != SQLITE_OK) {
    throw std::runtime_error("can't open the store " + path + ": " + sqlite3_errstr(code));
  }
  sqlite3_busy_timeout(opened, busy_timeout_ms);
  // Readers don't wait for a writer then; where the file system can't do that, it stays as it is.
  sqlite3_exec(opened, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", nullptr, nullptr,
               nullptr);
  if (sqlite3_exec(opened, schema, nullptr, nullptr, nullptr) != SQLITE_OK) refuse(opened);
  return database;
}

Statement prepare(const Database& database, const char* text) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database.get(), text, -1, &statement, nullptr) != SQLITE_OK) {
    refuse(database.get());
  }
  return Statement(statement);
}

void bind(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

/// Lets go of what it read, and of the lock, when it is done.
struct Reset {
  sqlite3_stmt* statement;
  ~Reset() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

class SqliteStore::Connection {
 public:
  explicit Connection(const std::string& path)
      : database_(open(path)),
        get_(prepare(database_, get_text)),
        set_(prepare(database_, set_text)) {}

  std::optional<std::string> get(std::string_view key) {
    const Reset reset{get_.get()};
    bind(get_.get(), 1, key);
    const int code = sqlite3_step(get_.get());
    if (code == SQLITE_DONE) return std::nullopt;
    if (code != SQLITE_ROW) refuse(database_.get());
    const auto* text = sqlite3_column_text(get_.get(), 0);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(get_.get(), 0));
    return std::string(reinterpret_cast<const char*>(text), text == nullptr ? 0 : size);
  }

  void set(std::string_view key, std::string_view value) {
    const Reset reset{set_.get()};
    bind(set_.get(), 1, key);
    bind(set_.get(), 2, value);
    if (sqlite3_step(set_.get()) != SQLITE_DONE) refuse(database_.get());
  }

 private:
  Database database_;
  Statement get_;
  Statement set_;
};

/// A connection for one question, which nobody else uses meanwhile.
class SqliteStore::Borrowed {
 public:
  explicit Borrowed(SqliteStore& store) : store_(store) {
    const std::lock_guard lock(store.mutex_);
    if (store.spare_.empty()) return;
    connection_ = std::move(store.spare_.back());
    store.spare_.pop_back();
  }
  ~Borrowed() {
    const std::lock_guard lock(store_.mutex_);
    if (connection_ && store_.spare_.size() < spare_max) {
      store_.spare_.push_back(std::move(connection_));
    }
  }
  Connection& operator*() {
    if (!connection_) connection_ = std::make_unique<Connection>(store_.path_);
    return *connection_;
  }

 private:
  SqliteStore& store_;
  std::unique_ptr<Connection> connection_;
};

SqliteStore::SqliteStore(std::string path) : path_(std::move(path)) {
  const Connection usable(path_);  // and closed again, before anybody forks
}

SqliteStore::~SqliteStore() = default;

std::optional<std::string> SqliteStore::get(std::string_view key) {
  Borrowed connection(*this);
  return (*connection).get(key);
}

void SqliteStore::set(std::string_view key, std::string_view value) {
  Borrowed connection(*this);
  (*connection).set(key, value);
}

}  // namespace weir::lookup
