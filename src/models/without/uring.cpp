// Stands in for uring.cpp where liburing is not installed.
#include "models/models.hpp"

namespace weir {

std::unique_ptr<Model> make_uring() {
  throw Unavailable(
      "weir was built without liburing; install liburing-dev and build again, or take --model "
      "epoll");
}

}  // namespace weir
