// The command line of any service: weir::run.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <weir/service.hpp>

#include "cli/command_line.hpp"
#include "cli/failure.hpp"
#include "cli/verbs.hpp"
#include "cli/version.hpp"
#include "load/scripted.hpp"

namespace weir::cli {
namespace {

constexpr const char* summary =
    "One session, served under any concurrency model, and the models measured.";

/// Looks whether they are complete, and has their transcripts tell of their clients. Throws Failure
/// (wrong usage).
void prepare(std::vector<Service>& services) {
  if (services.empty())
    throw Failure(wrong_usage, "no service was given to weir::run; give it one");
  for (Service& service : services) {
    if (service.name.empty() || !service.session) {
      throw Failure(
          wrong_usage,
          fmt::format("service '{}' needs a name and a session; give it both", service.name));
    }
    try {
      load::apply_transcript(service);
    } catch (const std::runtime_error& error) {
      throw Failure(wrong_usage, error.what());
    }
  }
}

int run_command(int argc, char** argv, std::vector<Service> services, ServiceName service_name) {
  std::string program = argc > 0 ? argv[0] : "weir";
  program = program.substr(program.rfind('/') + 1);
  std::string command = program;
  for (int i = 1; i < argc; ++i) command += fmt::format(" {}", argv[i]);

  try {
    prepare(services);
    Verbs verbs(services, service_name, program, command);
    CommandLine line(program, summary, version_text());
    verbs.add_to(line);
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
  return cli::run_command(argc, argv, std::move(services), cli::ServiceName::said);
}

}  // namespace weir
