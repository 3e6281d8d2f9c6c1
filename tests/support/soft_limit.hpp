#pragma once
#include <sys/resource.h>

namespace weir::test {

/// A limit of this process, for as long as this is there. getrlimit(2)
class SoftLimit {
 public:
  SoftLimit(__rlimit_resource what, rlim_t limit) : what_(what) {
    ::getrlimit(what_, &before_);
    const rlimit lower{limit, before_.rlim_max};
    ::setrlimit(what_, &lower);
  }
  ~SoftLimit() { ::setrlimit(what_, &before_); }
  SoftLimit(const SoftLimit&) = delete;
  SoftLimit& operator=(const SoftLimit&) = delete;

 private:
  const __rlimit_resource what_;
  rlimit before_{};
};

}  // namespace weir::test
