#include "http/service.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "http/client.hpp"
#include "http/json.hpp"
#include "http/log_options.hpp"
#include "http/options.hpp"

namespace weir::http {
namespace {

Response fixed_text(std::string_view text) {
  Response response;
  response.type = "text/plain";
  response.fixed = text;
  return response;
}

Response plaintext(const Request&) {
  return fixed_text("Hello, World!");
}

Response well(const Request&) {
  return fixed_text("ok\n");
}

Response echo_body(const Request& request) {
  Response response;
  response.type = "application/octet-stream";
  response.body = request.body();
  return response;
}

Response as_json(const Request& request) {
  Response response;
  response.type = "application/json";
  response.body = json_of(request);
  return response;
}

/// The head and the body as they were received. Nobody is to take it for a page.
Response show(const Request& request) {
  Response response = text(std::string(request.head()).append(request.body()));
  return response.add("X-Content-Type-Options", "nosniff");
}

}  // namespace

Router echo_routes() {
  Router router;
  router.get("/plaintext", plaintext)
      .post("/echo", echo_body)
      .route("*", "/json", as_json)
      .get("/healthz", well)
      .get("/readyz", well)
      .otherwise(show);
  return router;
}

namespace {

Service service_of(const std::shared_ptr<Site>& site, std::string name, std::uint16_t port) {
  Service service{.name = std::move(name), .port = port, .session = [site](Stream& peer) {
                    return session(peer, *site);
                  }};
  service.options = options_for(site);
  add_access_log(service, site);
  return service;
}

/// `--root`: what no route has is a file. It is opened when all options are known.
void add_root(Service& service, const std::shared_ptr<Site>& site) {
  const auto root = std::make_shared<std::string>();
  service.options.push_back({"--root", "DIR", "serve its files, where no route is",
                             [root](const std::string& word) { *root = word; }});
  service.prepare = [root, site, before = std::move(service.prepare)] {
    before();
    if (root->empty()) return;
    try {
      site->router.otherwise(files(*root));
    } catch (const std::system_error& error) {
      throw std::runtime_error("--root " + *root + ": " + error.code().message());
    }
  };
}

}  // namespace

Service service(Router router, std::string name, std::uint16_t port) {
  const auto site = std::make_shared<Site>();
  site->router = std::move(router);
  Service service = service_of(site, std::move(name), port);
  service.summary = "HTTP/1.1, strictly";
  service.exchanges = exchanges("/");
  return service;
}

namespace {

Service own_service(const std::shared_ptr<Site>& site) {
  site->router = echo_routes();
  Service own = service_of(site, "http", 3000);
  add_root(own, site);
  own.summary = "a web server: files with --root, and else what it received";
  own.exchanges = exchanges("/plaintext");
  return own;
}

}  // namespace

Service service() {
  return own_service(std::make_shared<Site>());
}

Service service(const OptionalRoute& route) {
  const auto site = std::make_shared<Site>();
  Service own = own_service(site);
  own.options.push_back({route.option, "", route.help, [site, route](const std::string&) {
                           site->router.get(route.path, route.handler);
                         }});
  return own;
}

}  // namespace weir::http
