#include "cli/products.hpp"

#include <fmt/format.h>

namespace weir::cli {
namespace {

// One of these serves one connection at a time, so there have to be more than cores: as many as the
// threads of `pool`, so that the three can be compared.
constexpr std::uint32_t one_at_a_time = 64;

std::string count_option(const char* option, std::uint32_t count) {
  if (count == 1) return "";
  return count == one_per_core ? fmt::format(" {} auto", option)
                               : fmt::format(" {} {}", option, count);
}

}  // namespace

std::string Product::options() const {
  return fmt::format("--model {}{}{} --accept {}", model, count_option("--processes", processes),
                     count_option("--threads", threads),
                     accept == Accept::shard ? "shard" : "share");
}

std::vector<Product> products() {
  return {
      {"prefork", "iterative", one_at_a_time, 1, Accept::share,
       "processes made in advance, each of which serves one connection at a time",
       "Apache's prefork MPM, which besides makes more processes as the load grows and ends idle "
       "ones; here their number stays"},
      {"prethread", "iterative", 1, one_at_a_time, Accept::share,
       "threads made in advance, each of which accepts and serves one connection at a time",
       "Stevens' pre-threaded server; a pool without its queue: the kernel's accept queue is the "
       "only one"},
      {"reactors", "epoll", 1, one_per_core, Accept::shard,
       "an epoll loop on a thread for each core, each with a listener of its own",
       "Netty, Seastar or memcached; those accept in one place or move connections between loops, "
       "here a connection stays where the kernel put it"},
  };
}

std::vector<Product> resembling_products() {
  return {
      {"nginx", "epoll", one_per_core, 1, Accept::share,
       "an epoll loop in a process for each core, all at one listener",
       "nginx, which with `reuseport` shards as well; its workers accept all that queues at once "
       "only with `multi_accept`"},
      {"Apache's worker", "pool", one_per_core, 1, Accept::share,
       "a pool of threads in each of several processes",
       "Apache's worker MPM, which besides starts and ends processes as the load changes; as "
       "there, an idle connection keeps its thread"},
      {"Node's cluster", "uv", one_per_core, 1, Accept::share,
       "a libuv loop in a process for each core",
       "Node's cluster, whose primary process by default accepts itself and hands the connections "
       "to its workers in turn; here the workers accept"},
  };
}

std::optional<Product> find_product(const std::string& name) {
  for (const Product& product : products()) {
    if (product.name == name) return product;
  }
  return std::nullopt;
}

std::vector<std::string> product_names() {
  std::vector<std::string> names;
  for (const Product& product : products()) names.push_back(product.name);
  return names;
}

}  // namespace weir::cli
