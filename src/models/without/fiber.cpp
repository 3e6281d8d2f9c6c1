// fiber, in a build without Boost.Context.
#include "models/models.hpp"

namespace weir {

std::unique_ptr<Model> make_fiber(std::size_t) {
  throw Unavailable(
      "weir was built without Boost.Context; install libboost-context-dev and build again, or take "
      "--model epoll");
}

}  // namespace weir
