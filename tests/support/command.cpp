#include "support/command.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {

std::ostream& operator<<(std::ostream& out, const Said& said) {
  return out << fmt::format("exit code {}\nstdout: {}\nstderr: {}", said.code, said.output,
                            fmt::join(said.errors, "\n        "));
}

lab::Process start_weir(const std::vector<std::string>& words) {
  std::vector<std::string> argv{weir_path()};
  argv.insert(argv.end(), words.begin(), words.end());
  return lab::Process::start(argv);
}

Said finish(lab::Process& process) {
  const std::optional<int> code = process.wait_for(patience);
  if (!code) throw std::runtime_error("waited in vain for the command to end");
  Said said{*code, process.read_output_all(), {}};
  while (const auto line = process.read_error_line(patience)) said.errors.push_back(*line);
  return said;
}

Said run_weir(const std::vector<std::string>& words) {
  lab::Process process = start_weir(words);
  return finish(process);
}

lab::Server serve(const std::string& service, const std::vector<std::string>& words) {
  std::vector<std::string> argv{weir_path(), "serve", service};
  argv.insert(argv.end(), words.begin(), words.end());
  return lab::start_server(argv);
}

lab::Server serve_framed(const std::vector<std::string>& words) {
  return serve("framed", words);
}

}  // namespace weir::test
