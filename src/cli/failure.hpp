#pragma once
#include <stdexcept>
#include <string>

namespace weir::cli {

/// The exit codes of every command.
enum ExitCode : int {
  done = 0,
  failed = 1,         // at run time
  wrong_usage = 2,    // or configuration
  unreachable = 3,    // the target, or it broke the protocol
  threshold = 4,      // one was not met
  untrustworthy = 5,  // the result
  interrupted = 130,
};

/// Ends the command with one sentence, that names the cause and the way out, and an exit code.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace weir::cli
