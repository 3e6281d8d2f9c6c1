// Servers that aren't weir's: started by a command line of the user's, and asked nothing but to listen.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "lab/process.hpp"

namespace weir::lab {

/// Stands for the port in the command.
inline constexpr const char* port_mark = "{port}";

/// A port of 127.0.0.1 that nobody listens on just now. Throws std::system_error when there is none.
std::uint16_t free_port();

/// Waits until a connection to that port of 127.0.0.1 is accepted. Throws std::runtime_error with one
/// sentence, in which it is `name`, when the process ends first, or doesn't accept within `timeout`.
void wait_until_accepting(Process& process, std::uint16_t port, const std::string& name,
                          std::chrono::milliseconds timeout = std::chrono::seconds(10));

/// Starts `sh -c COMMAND` with a free port in place of each {port}, and waits until it is accepting.
/// Throws what that does, and std::system_error when it can't be started.
Server start_external(const std::string& command, const Process::Options& options = {},
                      std::chrono::milliseconds timeout = std::chrono::seconds(10));

/// Ends it and all processes that it has started: SIGTERM, and SIGKILL for those that are still there
/// after `patience`. Throws std::runtime_error when it had ended by itself.
void end_external(Server& server, std::chrono::milliseconds patience = std::chrono::seconds(2));

}  // namespace weir::lab
