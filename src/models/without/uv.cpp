// Stands in for uv.cpp where libuv is not installed.
#include "models/models.hpp"

namespace weir {

std::unique_ptr<Model> make_uv() {
  throw Unavailable(
      "weir was built without libuv; install libuv1-dev and build again, or take --model epoll");
}

}  // namespace weir
