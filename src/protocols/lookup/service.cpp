#include <stdexcept>
#include <string>
#include <string_view>

#include "lookup/client.hpp"
#include "lookup/session.hpp"

namespace weir::lookup {
namespace {

constexpr std::string_view redis_scheme = "redis://";
constexpr std::string_view sqlite_scheme = "sqlite:";

/// What was said, and what came of it before the first session.
struct Chosen {
  std::string file;
  Store store;
};

void choose(Chosen& chosen, std::string_view said) {
  if (said.starts_with(redis_scheme)) {
    chosen.store = Address::parse(said.substr(redis_scheme.size()));
  } else if (said.starts_with(sqlite_scheme) && said.size() > sqlite_scheme.size()) {
    chosen.file = said.substr(sqlite_scheme.size());
  } else {
    throw std::invalid_argument("'" + std::string(said) +
                                "' is no store; write redis://HOST:PORT or sqlite:FILE");
  }
}

void prepare(Chosen& chosen) {
  if (!chosen.file.empty()) {
    chosen.store = std::make_shared<SqliteStore>(chosen.file);
  } else if (std::holds_alternative<std::monostate>(chosen.store)) {
    throw std::invalid_argument(
        "lookup has to know its store; add --store redis://HOST:PORT or --store sqlite:FILE");
  }
}

}  // namespace

Service service() {
  // Set by the command line before the first session, and then only read.
  const auto chosen = std::make_shared<Chosen>();
  Service service{.name = "lookup", .port = 9094, .session = [chosen](Stream& peer) {
                    return session(peer, chosen->store);
                  }};
  service.summary = "a key on a line: its value, from Redis or SQLite (--store); KEY=VALUE sets it";
  service.exchanges = exchanges();
  service.transcript = conversation;
  service.options = {{"--store", "STORE", "where the values are: redis://HOST:PORT or sqlite:FILE",
                      [chosen](const std::string& said) { choose(*chosen, said); }}};
  service.prepare = [chosen] { prepare(*chosen); };
  return service;
}

}  // namespace weir::lookup
