#include "cli/serve.hpp"

#include <cerrno>
#include <signal.h>
#include <system_error>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/port_owner.hpp"
#include "cli/suggest.hpp"
#include "cli/target.hpp"
#include "cli/worker_options.hpp"
#include "core/work.hpp"

namespace weir::cli {
namespace {

std::string why_not(const Address& address, const std::error_code& error) {
  const std::string at = address.text();
  switch (error.value()) {
    case EADDRINUSE: {
      const auto owner = port_owner(address.port());
      const std::string by = owner ? fmt::format(" (pid {})", *owner) : "";
      const std::string out = address.port() == 0
                                  ? "end that server, or take another path"
                                  : fmt::format("try --listen {}:0", at.substr(0, at.rfind(':')));
      return fmt::format("{} is in use{}; {}", at, by, out);
    }
    case EACCES:
      return fmt::format("no permission to listen on {}; take a port from 1024 up, or run as root",
                         at);
    case EADDRNOTAVAIL:
      return fmt::format("{} is not an address of this machine; try --listen 127.0.0.1:{}", at,
                         address.port());
    default:
      return fmt::format("can't listen on {}: {}; take another address with --listen", at,
                         error.message());
  }
}

/// Calls `listen` with each address.
template <class Listen>
void listen_on(const Service& service, const ServeOptions& options, Listen listen) {
  std::vector<std::string> texts = options.listen;
  if (texts.empty()) texts.push_back(fmt::format("127.0.0.1:{}", service.port));
  for (const std::string& text : texts) {
    const Address address = parse_address(text);
    try {
      listen(address);
    } catch (const std::system_error& error) {
      throw Failure(failed, why_not(address, error.code()));
    }
  }
}

std::string banner(const Service& service, const ServeOptions& options,
                   const std::vector<Address>& addresses, const WorkerCounts& counts) {
  std::vector<std::string> texts;
  for (const Address& address : addresses) texts.push_back(address.text());
  return fmt::format("{} on {}, model {}, {}", service.name, listed(texts), options.model.model,
                     counts.text());
}

int serve_alone(const Service& service, const ServeOptions& options, const WorkerCounts& counts,
                Model& model) {
  Stop stop;
  Work work(stop, limits_of_each(options, counts), Log(options.log));
  work.session = service.session;
  listen_on(service, options,
            [&](const Address& address) { work.listeners.emplace_back(address, options.backlog); });
  stop.on_signals();

  std::vector<Address> addresses;
  for (const Listener& listener : work.listeners) addresses.push_back(listener.address());
  work.log.line(banner(service, options, addresses, counts));
  model.serve(work);
  work.log.line(work.statistics.text());
  return done;
}

int serve_with_workers(const Service& service, const ServeOptions& options,
                       const WorkerCounts& counts) {
  const Log log(options.log);
  Workers workers({.make_model = [&options] { return make_model(options.model); },
                   .session = service.session,
                   .limits = limits_of_each(options, counts),
                   .log = log},
                  counts.processes, counts.threads, counts.accept);
  listen_on(service, options,
            [&](const Address& address) { workers.listeners().add(address, options.backlog); });
  const std::string accepting = banner(service, options, workers.listeners().addresses(), counts);
  const std::optional<std::string> failure = workers.serve([&] { log.line(accepting); });
  if (log.verbose()) {
    for (const std::string& line : workers.spread()) log.line(line);
  }
  log.line(workers.statistics_text());
  if (failure) throw Failure(failed, *failure);
  return done;
}

}  // namespace

int serve(const Service& service, const ServeOptions& options) {
  std::unique_ptr<Model> model = make_model(options.model);  // it tells first what it can't do
  const WorkerCounts counts = count_workers(service, options);
  ::signal(SIGPIPE, SIG_IGN);
  if (counts.workers() == 1) return serve_alone(service, options, counts, *model);
  model.reset();  // each worker makes its own
  return serve_with_workers(service, options, counts);
}

}  // namespace weir::cli
