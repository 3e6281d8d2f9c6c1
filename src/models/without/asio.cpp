// Stands in for asio.cpp where Boost isn't installed.
#include "models/models.hpp"

namespace weir {

std::unique_ptr<Model> make_asio() {
  throw Unavailable(
      "weir was built without Boost.Asio; install libboost-dev and build again, or take --model "
      "epoll");
}

}  // namespace weir
