#pragma once
#include <cstdint>
#include <optional>
#include <sys/types.h>

namespace weir::cli {

/// The process that listens on the TCP port, as far as /proc shows it to this user: proc(5),
/// /proc/net/tcp and /proc/PID/fd.
std::optional<pid_t> port_owner(std::uint16_t port);

}  // namespace weir::cli
