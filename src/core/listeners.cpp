#include "core/listeners.hpp"

#include <utility>

namespace weir {

void Listeners::add(const Address& address, int backlog) {
  std::vector<Listener> sockets;
  if (accept_ == Accept::share) {
    sockets.emplace_back(address, backlog);
  } else {
    sockets.emplace_back(address, backlog, Listener::Port::first_shard);
    const Address bound = sockets.front().address();
    while (sockets.size() < workers_) {
      sockets.emplace_back(bound, backlog, Listener::Port::next_shard);
    }
  }
  by_address_.push_back(std::move(sockets));
}

std::vector<Listener> Listeners::of(std::uint32_t worker) const {
  std::vector<Listener> own;
  for (const std::vector<Listener>& sockets : by_address_) {
    own.push_back(sockets[accept_ == Accept::share ? 0 : worker].duplicate(accept_));
  }
  return own;
}

std::vector<Address> Listeners::addresses() const {
  std::vector<Address> all;
  for (const std::vector<Listener>& sockets : by_address_) all.push_back(sockets.front().address());
  return all;
}

}  // namespace weir
