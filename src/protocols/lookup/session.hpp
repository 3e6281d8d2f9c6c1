#pragma once
#include <memory>
#include <variant>

#include <weir/address.hpp>
#include <weir/service.hpp>

#include "lookup/sqlite.hpp"

namespace weir::lookup {

/// Where the values are: nowhere yet, in a Redis, or in a file.
using Store = std::variant<std::monostate, Address, std::shared_ptr<SqliteStore>>;

/// The server's side of one connection: answers each line, `KEY` or `KEY=VALUE`, with the value that
/// the key has (then), on a line; an empty one when it has none; or `error: ` and why. Redis is
/// asked over a connection of the session's own, SQLite where it holds up nobody (Io::offload).
Task<> session(Stream& peer, const Store& store);

/// The service `lookup`, on port 9094.
Service service();

}  // namespace weir::lookup
