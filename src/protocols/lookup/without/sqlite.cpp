// Stands in for the store in a file where SQLite is missing.
#include "lookup/sqlite.hpp"

#include <stdexcept>

namespace weir::lookup {

class SqliteStore::Connection {};

SqliteStore::SqliteStore(std::string path) : path_(std::move(path)) {
  throw std::runtime_error(
      "this weir was built without SQLite (libsqlite3-dev); take --store redis://HOST:PORT");
}

SqliteStore::~SqliteStore() = default;

std::optional<std::string> SqliteStore::get(std::string_view) {
  return std::nullopt;
}

void SqliteStore::set(std::string_view, std::string_view) {}

}  // namespace weir::lookup
