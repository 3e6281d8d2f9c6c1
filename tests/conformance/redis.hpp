// A Redis of the tests' own.
#pragma once

#include <filesystem>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include "lab/process.hpp"
#include "support/client.hpp"

namespace weir::test {

inline constexpr const char* redis_path = "/usr/bin/redis-server";

/// It keeps nothing, and listens at a unix socket.
class Redis {
 public:
  Redis()
      : socket_(std::filesystem::temp_directory_path() / fmt::format("weir_redis_{}", ::getpid())),
        process_(lab::Process::start(
            {"/bin/sh", "-c",
             fmt::format("exec {} --port 0 --unixsocket {} --save '' --appendonly no 1>&2",
                         redis_path, socket_)})) {
    for (;;) {
      const auto line = process_.read_error_line(patience);
      if (!line) throw std::runtime_error("Redis does not start");
      if (line->find("eady to accept connections") != std::string::npos) return;
    }
  }
  ~Redis() { std::filesystem::remove(socket_); }

  /// `unix:PATH`
  std::string address() const { return "unix:" + socket_; }

  void end() {
    process_.signal(SIGTERM);
    process_.wait();
  }

 private:
  const std::string socket_;
  lab::Process process_;
};

}  // namespace weir::test
