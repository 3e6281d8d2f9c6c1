// The command line of any service: weir::run.
#include <cstdio>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <weir/service.hpp>

#include "cli/command_line.hpp"
#include "cli/failure.hpp"
#include "cli/verbs.hpp"
#include "cli/version.hpp"

namespace weir::cli {
namespace {

constexpr const char* summary =
    "One session, served under any concurrency model, and the models measured.";

int run_command(int argc, char** argv, const std::vector<Service>& services,
                ServiceName service_name) {
  std::string program = argc > 0 ? argv[0] : "weir";
  program = program.substr(program.rfind('/') + 1);
  std::string command = program;
  for (int i = 1; i < argc; ++i) command += fmt::format(" {}", argv[i]);

  Verbs verbs(services, service_name, program, command);
  CommandLine line(program, summary, version_text());
  verbs.add_to(line);
  try {
    return line.run(argc, argv);
  } catch (const Failure& failure) {
    fmt::print(stderr, "weir: {}\n", failure.what());
    return failure.code();
  } catch (const std::system_error& error) {  // the machine refused something
    fmt::print(stderr, "weir: {}\n", error.what());
    return failed;
  }
}

}  // namespace
}  // namespace weir::cli

namespace weir {

int run(int argc, char** argv, Service service) {
  return cli::run_command(argc, argv, {std::move(service)}, cli::ServiceName::understood);
}

int run(int argc, char** argv, std::vector<Service> services) {
  return cli::run_command(argc, argv, services, cli::ServiceName::said);
}

}  // namespace weir
