#include "cli/serve.hpp"

#include <cerrno>
#include <signal.h>
#include <system_error>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/port_owner.hpp"
#include "cli/suggest.hpp"
#include "cli/target.hpp"
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

void listen_on(Work& work, const Service& service, const ServeOptions& options) {
  std::vector<std::string> texts = options.listen;
  if (texts.empty()) texts.push_back(fmt::format("127.0.0.1:{}", service.port));
  for (const std::string& text : texts) {
    const Address address = parse_address(text);
    try {
      work.listeners.emplace_back(address, options.backlog);
    } catch (const std::system_error& error) {
      throw Failure(failed, why_not(address, error.code()));
    }
  }
}

}  // namespace

int serve(const Service& service, const ServeOptions& options) {
  const std::unique_ptr<Model> model = make_model(options.model);
  ::signal(SIGPIPE, SIG_IGN);
  Stop stop;
  Limits limits = options.limits;
  if (const std::size_t bound = options.model.loan_memory_bytes; bound != 0) {
    limits.loan_memory_max_bytes = bound;
  }
  Work work(stop, limits, Log(options.log));
  work.session = service.session;
  listen_on(work, service, options);
  stop.on_signals();

  std::vector<std::string> addresses;
  for (const Listener& listener : work.listeners) addresses.push_back(listener.address().text());
  work.log.line(fmt::format("{} on {}, model {}, 1 worker (Ctrl-C drains)", service.name,
                            listed(addresses), options.model.model));
  model->serve(work);
  work.log.line(work.statistics.text());
  return done;
}

}  // namespace weir::cli
