#pragma once
#include <memory>

#include <weir/model.hpp>

namespace weir {

enum class Trigger { edge, level };

std::unique_ptr<Model> make_iterative();
std::unique_ptr<Model> make_thread();
std::unique_ptr<Model> make_epoll(Trigger trigger);

}  // namespace weir
