#pragma once
#include <memory>
#include <stdexcept>

#include <weir/model.hpp>

namespace weir {

/// Why a model can't run on this machine, or in this build, and the way out, in one sentence. Thrown
/// by the functions that make it.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Trigger { edge, level };

std::unique_ptr<Model> make_iterative();
std::unique_ptr<Model> make_thread();
std::unique_ptr<Model> make_epoll(Trigger trigger);
std::unique_ptr<Model> make_uring();

}  // namespace weir
