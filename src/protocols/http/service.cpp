#include "http/service.hpp"

#include <memory>
#include <utility>

#include "http/client.hpp"
#include "http/json.hpp"
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

Service service(Router router, std::string name, std::uint16_t port) {
  const auto site = std::make_shared<Site>();
  site->router = std::move(router);
  Service service{.name = std::move(name), .port = port, .session = [site](Stream& peer) {
                    return session(peer, *site);
                  }};
  service.summary = "HTTP/1.1, strictly";
  service.exchanges = exchanges("/");
  service.options = options_for(site);
  return service;
}

Service service() {
  Service own = service(echo_routes());
  own.summary = "a web server that shows what it received";
  own.exchanges = exchanges("/plaintext");
  return own;
}

}  // namespace weir::http
