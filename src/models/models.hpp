#pragma once
#include <cstddef>
#include <cstdint>
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

/// Of a fiber: only the pages that are touched count. Enough for a session that awaits children 200
/// deep, in any build.
inline constexpr std::size_t fiber_stack_bytes_default = 256 * 1024;
/// Room for a failure to be thrown and logged, and for a signal's frame.
inline constexpr std::size_t fiber_stack_bytes_min = 32 * 1024;
inline constexpr std::size_t fiber_stack_bytes_max = std::size_t{1} << 30;

std::unique_ptr<Model> make_iterative();
std::unique_ptr<Model> make_fork();
std::unique_ptr<Model> make_thread();
/// `stack_bytes`: of each fiber's stack.
std::unique_ptr<Model> make_fiber(std::size_t stack_bytes);
std::unique_ptr<Model> make_select();
std::unique_ptr<Model> make_poll();
/// `threads`: at least 1.
std::unique_ptr<Model> make_pool(std::uint32_t threads);
std::unique_ptr<Model> make_epoll(Trigger trigger);
std::unique_ptr<Model> make_uv();
std::unique_ptr<Model> make_asio();
std::unique_ptr<Model> make_uring();

}  // namespace weir
