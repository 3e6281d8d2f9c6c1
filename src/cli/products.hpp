#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/accept.hpp"

namespace weir::cli {

/// As many as there are cores that this process may run on.
inline constexpr std::uint32_t one_per_core = 0;

/// A set-up that is well known: a model, and how many workers run it. A number, or `one_per_core`.
struct Product {
  std::string name;  // understood by --model, if it is one of `products()`
  std::string model;
  std::uint32_t processes = 1;
  std::uint32_t threads = 1;  // in each process
  Accept accept = Accept::shard;
  std::string summary;    // what it is, in one line
  std::string resembles;  // which servers are built like it, and what differs, in one sentence

  /// What `weir serve` is told to run it: `--model iterative --processes 64 --accept share`.
  std::string options() const;
};

/// Those that have a name as if they were models: `--model prefork`.
std::vector<Product> products();

/// Others that one knows by the name of a server that is built so, for the docs.
std::vector<Product> resembling_products();

/// The one of `products()` that is called `name`.
std::optional<Product> find_product(const std::string& name);

/// The names of `products()`.
std::vector<std::string> product_names();

}  // namespace weir::cli
