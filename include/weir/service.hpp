#pragma once
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <weir/io.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>

namespace weir {

/// What the sessions of a service share, and so where they may run.
enum class Sharing {
  none,        // nothing: any model, any number of processes
  in_process,  // memory: one process
};

/// The peer did not keep to the protocol; what() says how, in one sentence.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Is given what arrives of the answers on a connection, piece by piece; returns how many of them
/// ended in the piece. Throws ProtocolError when one is wrong.
using Answers = std::function<std::size_t(std::string_view piece)>;

/// For a service that always gives the same answer, which isn't empty.
Answers same_answers(std::string answer);

/// The client side of a protocol, for `weir load`, `weir compare` and `weir sim`.
struct Exchanges {
  /// Awaited once after connecting, up to where requests may be sent (a greeting, say).
  std::function<Task<>(Stream& server)> greet;
  /// Makes the function that is awaited for each request of about `request_bytes` bytes: it sends
  /// the request and checks the answer. One such function serves all connections.
  /// The awaited task throws ProtocolError when the answer is wrong.
  std::function<std::function<Task<>(Stream& server)>(std::size_t request_bytes)> make;
  /// Awaited once after the last request, where there is one: half-closes, or whatever ends a
  /// conversation, and checks that the server answers what it still owes and ends. A load leaves
  /// without it.
  std::function<Task<>(Stream& server)> close = {};
  /// How many bytes every request has, where `make` can't choose; 0: it can.
  std::size_t request_bytes = 0;
  /// As `make`, for a request that the user wrote (`weir load --request TEXT`), where there is such
  /// a thing. Throws std::invalid_argument with what is wrong with it.
  std::function<std::function<Task<>(Stream& server)>(const std::string& text)> ask = {};
  /// How many bytes such a request has; null: those of the text, and the end of a line.
  std::function<std::size_t(const std::string& text)> asked_bytes = {};
  /// Makes what reads the answers to a request of these bytes, where requests may be sent before
  /// earlier ones are answered (`weir load --pipeline N`): the whole request is what `make` sends
  /// before it reads. Each connection has a copy of its own.
  std::function<Answers(const std::string& request)> answers = {};
};

/// What a simulated client of `weir client` is given besides its stream.
struct Script {
  double pace = 1;  // scales the pauses
  /// Logs what happens: `sending`, `received`, ..., and the bytes.
  std::function<void(std::string_view what, std::string_view bytes)> log;
};

/// An option of a service's own, for every verb that runs its sessions.
struct ServiceOption {
  std::string name;   // `--words`
  std::string value;  // stands for its value in the help: `FILE`; empty: a flag, which has none
  std::string help;
  /// Takes the value, or of a flag "". Throws std::invalid_argument with one sentence.
  std::function<void(const std::string& value)> set;
};

/// A session, and what the command line needs to know of it.
struct Service {
  std::string name;
  std::uint16_t port = 0;                       // where it listens unless told otherwise
  std::function<Task<>(Stream& peer)> session;  // a function, or a lambda that calls a coroutine
  Sharing sharing = Sharing::none;
  std::string summary = {};  // one line for the help
  Exchanges exchanges = {};
  /// `weir client NAME`: a simulated client on its open stream. Throws ProtocolError when the
  /// server answers wrongly.
  std::function<Task<>(Stream& server, Script& script)> client = {};
  std::vector<ServiceOption> options = {};
  /// Called after the options and before the first session of a server: loads what sessions share.
  /// Throws std::invalid_argument or std::runtime_error with one sentence.
  std::function<void()> prepare = {};
  /// A person talks to it: `weir client` connects the terminal, unless told otherwise.
  bool interactive = false;
  /// In the simulation: who answers what the sessions connect to.
  std::function<Task<>(Stream& peer)> upstream = {};
  /// The text of a conversation (`send`, `expect`, `pause`, `finish`, `end`: docs/SESSIONS.md).
  /// From it `exchanges` and `client` are made where they are empty.
  std::string transcript = {};
};

/// The command line of a server: `serve`, `client`, `load`, `compare`; `--help` explains each.
/// Returns the exit code. With one service, its name need not be said.
int run(int argc, char** argv, Service service);
int run(int argc, char** argv, std::vector<Service> services);

}  // namespace weir
