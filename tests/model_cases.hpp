// The models as objects, for the tests that serve in their own process.
#pragma once
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/models.hpp"

namespace weir {

struct ModelCase {
  std::string name;
  std::function<std::unique_ptr<Model>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const ModelCase& each) {
  return out << each.name;
}

/// All models; skipped are those that are not available here.
inline std::vector<ModelCase> model_cases() {
  return {{"iterative", make_iterative},
          {"fork", make_fork},
          {"thread", make_thread},
          {"pool", [] { return make_pool(4); }},
          {"fiber", [] { return make_fiber(fiber_stack_bytes_default); }},
          {"select", make_select},
          {"poll", make_poll},
          {"epoll", [] { return make_epoll(Trigger::edge); }},
          {"epoll_level", [] { return make_epoll(Trigger::level); }},
          {"uring", make_uring},
          {"uv", make_uv},
          {"asio", make_asio}};
}

/// A test under each of them. `model_` is the one.
class UnderAModel : public testing::TestWithParam<ModelCase> {
 protected:
  void SetUp() override {
    try {
      model_ = GetParam().make();
    } catch (const Unavailable& why) {
      GTEST_SKIP() << why.what();
    }
  }

  std::unique_ptr<Model> model_;
};

inline std::string case_name(const testing::TestParamInfo<ModelCase>& info) {
  return info.param.name;
}

}  // namespace weir
