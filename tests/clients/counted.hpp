// A server that counts (tests/programs/counting.cpp), and clients that are not ours.
#pragma once
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/scratch.hpp"

namespace weir::test {

/// What one side of some conversations counts. The bytes are of contents.
struct Counts {
  std::size_t requests = 0;
  std::size_t uploaded = 0;
  std::size_t downloaded = 0;

  bool operator==(const Counts&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Counts& counts);

/// `requests N uploaded N downloaded N`, wherever it stands in the text. Throws std::runtime_error.
Counts counts_in(const std::string& text);

/// Where the program is, or "".
std::string find_program(const std::string& name);

/// What the program prints to stdout; the test fails unless it is content with itself.
std::string output_of(const std::vector<std::string>& argv,
                      const lab::Process::Options& options = {});

/// A script that lies beside these tests.
std::string script(const std::string& name);

/// The server under the model that is the test's parameter, with an empty directory as its root.
class Counted : public testing::TestWithParam<std::string> {
 protected:
  /// Skips the test when the model is left out, or the program isn't installed, and says so.
  void start(const std::string& program);

  std::string url(const std::string& path) const;
  /// A file below the root.
  void put(const std::string& name, const std::string& content) const;
  /// What the server has counted since it was asked last.
  Counts served() const;
  /// The bytes of its whole answer to a GET.
  std::size_t answer_bytes(const std::string& path) const;

  const std::string& root() const { return root_.path(); }
  const std::string& program() const { return program_; }
  const lab::Server& server() const { return *server_; }

 private:
  const Scratch root_;
  std::string program_;
  std::optional<lab::Server> server_;
};

/// The models that real clients are tried under.
inline const auto client_models = testing::Values("epoll", "uring", "thread", "fork", "pool");

}  // namespace weir::test
