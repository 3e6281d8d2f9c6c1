// The servers that must behave alike, and what the tests of them share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/client.hpp"

namespace weir::test {

struct ServerKind {
  enum class Maker { weir, hand };
  enum class Serves { one_at_a_time, many_at_once };

  std::string name;               ///< of the test's instance: letters, digits, underscores
  std::vector<std::string> argv;  ///< listens on a port of 127.0.0.1 that the kernel picks
  Maker maker;
  Serves serves;
  std::size_t clients_max = SIZE_MAX;  ///< that it can hold at once, whatever the limits allow
  std::vector<std::string> for_a_crowd = {};  ///< more arguments, to serve 1,300 at once
};

/// weir's servers of a service, under each model and in several workers. The command is $WEIR, or else
/// build/weir in the source tree.
std::vector<ServerKind> weir_servers(const std::string& service);
/// Those of one worker.
std::vector<ServerKind> one_worker_servers(const std::string& service);

/// The framed servers: weir's, and the ones written by hand (in $WEIR_BY_HAND, or else
/// build/by_hand).
std::vector<ServerKind> framed_servers();

/// Those of them of which `wanted` is true.
std::vector<ServerKind> framed_servers(bool (*wanted)(const ServerKind&));

/// The kinds of `model` in several workers: 1 and 3 processes of 1 and 2 threads, each with its own
/// listeners or with shared ones.
std::vector<ServerKind> in_workers(const std::string& model, ServerKind::Serves serves,
                                   const std::string& service = "framed");

/// The models of this build, by name.
std::vector<std::string> model_names();

/// The `weir` command, and beside it `name` of another folder of the same build: examples/relay.
std::string weir_path();
std::string built_path(const std::string& name);

/// The library that the model is built on was missing, so this build is without it.
bool is_left_out(const std::string& model);

bool is_made_by_weir(const ServerKind& kind);
bool serves_many_at_once(const ServerKind& kind);

/// More than a client that never reads can send to any server: a server that takes it all has no
/// back pressure.
inline constexpr std::size_t flood_bytes = std::size_t{100} << 20;

std::ostream& operator<<(std::ostream& out, const ServerKind& kind);

/// The name of a parameterised test's instance.
std::string instance_name(const testing::TestParamInfo<ServerKind>& info);

/// A running server of the kind.
class RunningServer {
 public:
  /// `more` is appended to the kind's arguments. Throws as lab::start_server does.
  explicit RunningServer(const ServerKind& kind, const std::vector<std::string>& more = {});

  /// Connects and waits for nothing.
  Client connect_silently(Client::Options options = {}) const;

  /// Fails the test when the process has ended.
  void expect_to_live();

  /// Asks it to end by SIGTERM and fails the test unless it does so with exit code 0.
  void expect_to_drain();

  /// The processes that serve: the server's own, and those that it has made.
  std::vector<pid_t> processes() const;

  /// Resident memory of the server's processes; of what they share with others, a part.
  std::size_t resident_bytes() const;

  /// Lets the process take `more_bytes` of address space from now on, and no more (RLIMIT_AS).
  void limit_address_space(std::size_t more_bytes) const;

  /// Waits until the process has taken the signal that was sent to it last (it is no longer among
  /// the pending ones, proc(5)).
  void wait_until_signal_taken(int number) const;

  lab::Process& process() { return server_.process; }
  std::uint16_t port() const { return server_.port; }

 private:
  lab::Server server_;
};

/// One that serves framed.
class FramedServer : public RunningServer {
 public:
  using RunningServer::RunningServer;

  /// Connects and waits for the greeting. Throws when it doesn't come.
  Client connect(Client::Options options = {}) const;

  /// A conversation from greeting to end; fails the test when a byte is wrong.
  void expect_to_serve() const;

  /// Fails the test when the process has ended, doesn't serve any more, or doesn't drain.
  void expect_to_live_and_drain();
};

/// What the framed protocol answers to `bytes`, one at a time and by the book: the tests' own, so
/// that an error in the servers' codec isn't in the expectation, too.
std::string framed_answer(bool& inside, std::string_view bytes);

}  // namespace weir::test
