// The `weir` command as a user meets it: what it says where, and with which exit code it leaves.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "lab/process.hpp"

namespace weir::test {

struct Said {
  int code = -1;
  std::string output;               ///< on stdout
  std::vector<std::string> errors;  ///< the lines on stderr
};

std::ostream& operator<<(std::ostream& out, const Said& said);

/// Starts `weir` with these words.
lab::Process start_weir(const std::vector<std::string>& words);

/// Waits for its end and returns what it said and was not yet read. Throws std::runtime_error when
/// it does not come to an end.
Said finish(lab::Process& process);

/// Both in one.
Said run_weir(const std::vector<std::string>& words);

/// Starts `weir serve SERVICE` with these words more.
lab::Server serve(const std::string& service, const std::vector<std::string>& words);
lab::Server serve_framed(const std::vector<std::string>& words);

}  // namespace weir::test
