// A web server whose handlers fail.
#include <stdexcept>
#include <string>

#include <weir/http.hpp>

namespace http = weir::http;

namespace {

http::Response now(const http::Request& request) {
  throw std::runtime_error("nobody can answer " + std::string(request.path()));
}

weir::Task<http::Response> later(const http::Request& request, weir::Io& io) {
  co_await io.sleep(std::chrono::milliseconds(1));
  throw std::runtime_error("nobody can answer " + std::string(request.path()));
}

http::Response well(const http::Request&) {
  return http::text("well\n");
}

}  // namespace

int main(int argc, char** argv) {
  http::Router router;
  router.get("/now", now).get("/later", later).get("/well", well);
  return weir::run(argc, argv, http::service(router, "failing", 3002));
}
