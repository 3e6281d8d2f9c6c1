// Idle CPUs that don't go to sleep while something is measured.
#pragma once

#include <string>

#include "lab/descriptor.hpp"

namespace weir::lab {

/// Whether idle CPUs may go to sleep during a measurement. In a virtual machine that is a way out to
/// the hypervisor and back, which costs more than most of what is measured, and changes from moment
/// to moment; and who wakes one pays for it.
enum class IdleCpus { kept_awake, may_sleep };

/// Keeps the machine's idle CPUs from going to sleep while it lives: a request for a wake-up latency
/// of 0, as cyclictest makes it. The kernel lets them spin then, at the lowest priority there is.
/// Source: Documentation/power/pm_qos_interface.rst, Linux 6.18.
class Awake {
 public:
  /// With IdleCpus::may_sleep it does nothing.
  explicit Awake(IdleCpus wanted);

  /// Returns why they may go to sleep; empty: they don't.
  const std::string& why_not() const { return why_not_; }

 private:
  Descriptor request_;  // the kernel forgets it when this is closed
  std::string why_not_;
};

}  // namespace weir::lab
