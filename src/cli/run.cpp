// The command line: what can be said, and what is done about it. The only file that sees CLI11.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include <weir/service.hpp>

#include "cli/client.hpp"
#include "cli/compare.hpp"
#include "cli/failure.hpp"
#include "cli/load.hpp"
#include "cli/serve.hpp"
#include "cli/suggest.hpp"
#include "cli/target.hpp"
#include "cli/units.hpp"
#include "cli/version.hpp"

namespace weir::cli {
namespace {

constexpr const char* program = "weir";

/// Everything that the command line can say.
struct Commands {
  std::string serve_service;
  ServeOptions serve;
  bool verbose = false;
  bool quiet = false;
  std::string client_service;
  std::vector<std::string> client_target;
  ClientOptions client;
  LoadOptions load;
  std::vector<std::string> load_target;
  CompareOptions compare;
  std::function<int()> chosen;
};

CLI::Option* duration(CLI::App& app, const std::string& names, Duration& value,
                      const std::string& help) {
  const auto parse = [&value, names](const std::string& text) {
    try {
      value = parse_duration(text);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(names, error.what());
    }
  };
  return app.add_option_function<std::string>(names, parse, help)
      ->type_name("TIME")
      ->default_str(text_of(value));
}

CLI::Option* bytes(CLI::App& app, const std::string& names, std::size_t& value,
                   const std::string& help) {
  const auto parse = [&value, names](const std::string& text) {
    try {
      value = parse_bytes(text);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(names, error.what());
    }
  };
  return app.add_option_function<std::string>(names, parse, help)->type_name("SIZE");
}

/// With one service its name need not be said; `name` is then empty.
const Service& chosen_service(const std::string& name, const std::vector<Service>& services) {
  return name.empty() ? services.front() : find_service(name, services);
}

std::string service_help(const std::vector<Service>& services) {
  std::string help = "which:";
  for (const Service& service : services) help += fmt::format(" {} ({})", service.name, service.summary);
  return help;
}

void add_serve(CLI::App& app, Commands& commands, const std::vector<Service>& services,
               bool name_required) {
  ServeOptions& options = commands.serve;
  CLI::App* verb = app.add_subcommand("serve", "Serve a service under a concurrency model");
  verb->group("Run");
  verb->add_option("SERVICE", commands.serve_service, service_help(services))->required(name_required);
  verb->add_option("-l,--listen", options.listen,
                   fmt::format("HOST:PORT, [IPV6]:PORT or unix:PATH, again for more; port 0 picks "
                               "one (127.0.0.1:{})", services.front().port))
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  verb->add_option("-m,--model", options.model.model, listed(model_names()))
      ->type_name("MODEL")
      ->capture_default_str();
  verb->add_option("--trigger", options.model.trigger, "epoll: edge (default) or level")
      ->type_name("KIND");
  verb->add_option("--backlog", options.backlog, "connections that may wait to be accepted")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  verb->add_option("--max-connections", options.limits.connections_max,
                   "more wait in the backlog (80 % of the descriptors)")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  bytes(*verb, "--loan-memory", options.limits.loan_memory_max_bytes,
        "bound on the read buffers in use (256MiB)");
  duration(*verb, "--idle-timeout", options.limits.idle_timeout,
           "ends a connection that is silent for so long; 0s: never");
  duration(*verb, "--write-timeout", options.limits.write_timeout,
           "ends a connection that takes nothing for so long");
  duration(*verb, "--drain-timeout", options.limits.drain_timeout,
           "how long sessions may go on after SIGTERM");
  verb->add_flag("-v,--verbose", commands.verbose, "a line for each connection");
  verb->add_flag("-q,--quiet", commands.quiet, "no lines but errors")->excludes("--verbose");
  verb->footer(fmt::format("Examples:\n  {0} serve {1}\n  {0} serve {1} -m thread -l [::]:0 --idle-timeout 30s",
                           program, services.front().name));
  verb->callback([&commands, &services] {
    commands.chosen = [&commands, &services] {
      if (commands.verbose) commands.serve.log = Log::Level::verbose;
      if (commands.quiet) commands.serve.log = Log::Level::quiet;
      return serve(chosen_service(commands.serve_service, services), commands.serve);
    };
  });
}

/// `HOST PORT`, the last two words of a command line.
void take_host_and_port(const std::vector<std::string>& words, ClientOptions& options) {
  options.host = words[0];
  const Address address = parse_address(
      fmt::format(fmt::runtime(words[0].find(':') == std::string::npos ? "{}:{}" : "[{}]:{}"),
                  words[0], words[1]));
  options.port = address.port();
}

void add_client(CLI::App& app, Commands& commands, const std::vector<Service>& services,
                bool name_required) {
  ClientOptions& options = commands.client;
  CLI::App* verb = app.add_subcommand("client", "Simulated clients, to see who waits for whom");
  verb->group("Run");
  verb->positionals_at_end(false);
  if (name_required) {
    verb->add_option("SERVICE", commands.client_service, service_help(services))->required();
  }
  verb->add_option("HOST_PORT", commands.client_target, "where the server is")
      ->type_name("HOST PORT")
      ->expected(2)
      ->required();
  verb->add_option("-n,--clients", options.clients, "how many, all at once")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  verb->add_option("--pace", options.pace, "scales the pauses; 0.1: ten times faster")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  verb->add_flag("--lanes", options.lanes, "draw a line for each client");
  verb->add_option("--json", options.json, "write the events to this file; -: stdout")
      ->type_name("FILE");
  verb->add_flag("-q,--quiet", options.quiet, "no line for each event");
  verb->footer(fmt::format("Examples:\n  {0} client {1} -n 3 127.0.0.1 {2}\n  {0} client {1} -n 3 --lanes -q --pace 0.5 127.0.0.1 {2}",
                           program, services.front().name, services.front().port));
  verb->callback([&commands, &services] {
    commands.chosen = [&commands, &services] {
      take_host_and_port(commands.client_target, commands.client);
      return client(chosen_service(commands.client_service, services), commands.client);
    };
  });
}

/// `framed://HOST:PORT`, or the words HOST PORT for the first service.
std::string target_text(const std::vector<std::string>& words, const std::vector<Service>& services) {
  if (words.size() == 1) return words[0];
  ClientOptions named;
  take_host_and_port(words, named);
  const bool ipv6 = named.host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(ipv6 ? "{}://[{}]:{}" : "{}://{}:{}"), services.front().name,
                     named.host, named.port);
}

void add_load(CLI::App& app, Commands& commands, const std::vector<Service>& services) {
  LoadOptions& options = commands.load;
  CLI::App* verb = app.add_subcommand("load", "Make a load (closed loop) and measure it");
  verb->group("Measure");
  verb->add_option("TARGET", commands.load_target,
                   fmt::format("{}://HOST:PORT, or HOST PORT", services.front().name))
      ->type_name("TARGET")
      ->expected(1, 2)
      ->required();
  verb->add_option("-c,--connections", options.connections, "each sends its next request when the last is answered")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  duration(*verb, "-d,--duration", options.duration, "how long to measure");
  duration(*verb, "--warmup", options.warm_up, "how long to run before that");
  bytes(*verb, "--request-bytes", options.request_bytes, "size of a request (64B)");
  verb->add_option("--server-pid", options.server_pid, "watch this process: CPU, switches, system calls, memory per request")
      ->type_name("PID");
  verb->add_option("--json", options.json, "write the result to this file; -: stdout")->type_name("FILE");
  verb->footer(fmt::format("Examples:\n  {0} load {1}://127.0.0.1:{2}\n  {0} load 127.0.0.1 {2} -c 256 -d 5s --json -",
                           program, services.front().name, services.front().port));
  verb->callback([&commands, &services] {
    commands.chosen = [&commands, &services] {
      commands.load.target = target_text(commands.load_target, services);
      return load(services, commands.load);
    };
  });
}

void add_compare(CLI::App& app, Commands& commands) {
  CompareOptions& options = commands.compare;
  CLI::App* verb = app.add_subcommand("compare", "Measure the models against each other, and explain");
  verb->group("Measure");
  verb->add_option("-m,--models", options.models, "which (all)")->delimiter(',')->type_name("MODEL,...");
  verb->add_option("-c,--connections", options.connections, "at which numbers of connections")
      ->delimiter(',')
      ->type_name("N,...")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  verb->add_option("--blocks", options.blocks, "how often each is measured")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  duration(*verb, "--window", options.window, "how long one measurement takes");
  verb->add_option("--seed", options.seed, "of the order")->capture_default_str();
  verb->add_option("--json", options.json, "all figures; -: stdout")->type_name("FILE")->capture_default_str();
  verb->add_option("--report", options.report, "the page")->type_name("FILE")->capture_default_str();
  verb->add_option("--picture", options.picture, "one SVG of the result")->type_name("FILE");
  verb->add_flag("--plan", options.plan_only, "say what would run and how long, and leave");
  verb->add_flag("-q,--quiet", options.quiet, "no progress");
  verb->footer(fmt::format("Examples:\n  {0} compare\n  {0} compare -m thread,epoll -c 64,1000 --blocks 6", program));
  verb->callback([&commands] { commands.chosen = [&commands] { return compare(commands.compare); }; });
}

/// A word that was not expected: the nearest that would have been.
std::string hint(const CLI::App& app, const CLI::ParseError& error) {
  const auto* extras = dynamic_cast<const CLI::ExtrasError*>(&error);
  if (extras == nullptr) return "";
  const std::string message = error.what();
  std::string word = message.substr(message.rfind(": ") + 2);
  word = word.substr(word.rfind(' ') + 1);
  std::vector<std::string> known;
  const CLI::App* verb = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
  for (const CLI::Option* option : verb->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(each->get_name());
  }
  return did_you_mean(word, known);
}

int complain(const CLI::App& app, const CLI::ParseError& error) {
  const bool at_verb = !app.get_subcommands().empty();
  const std::string verb = at_verb ? " " + app.get_subcommands().front()->get_name() : "";
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  fmt::print(stderr, "{0}: {1}{2} (see {0}{3} --help)\n", program, message, hint(app, error), verb);
  return wrong_usage;
}

int run_command(int argc, char** argv, const std::vector<Service>& services, bool name_required) {
  CLI::App app("One session, served under any concurrency model, and the models measured.", program);
  app.set_version_flag("--version", version_text());
  app.set_help_flag("-h,--help", "say what can be said, and leave");
  app.require_subcommand(0, 1);
  app.footer("Exit codes: 0 done; 1 failed; 2 wrong usage; 3 target unreachable or wrong answers; 130 interrupted");
  Commands commands;
  for (int i = 0; i < argc; ++i) {
    const std::string word = i == 0 ? program : argv[i];
    commands.compare.command += (i == 0 ? "" : " ") + word;
  }
  add_serve(app, commands, services, name_required);
  add_client(app, commands, services, name_required);
  add_load(app, commands, services);
  add_compare(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return complain(app, error);
  }
  if (!commands.chosen) {
    fmt::print(stderr, "{}", app.help());
    return wrong_usage;
  }
  try {
    return commands.chosen();
  } catch (const Failure& failure) {
    fmt::print(stderr, "{}: {}\n", program, failure.what());
    return failure.code();
  }
}

}  // namespace
}  // namespace weir::cli

namespace weir {

int run(int argc, char** argv, Service service) {
  return cli::run_command(argc, argv, {std::move(service)}, false);
}

int run(int argc, char** argv, std::vector<Service> services) {
  return cli::run_command(argc, argv, services, true);
}

}  // namespace weir
