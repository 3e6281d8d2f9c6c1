// A web server whose handlers fail.
#include <cerrno>
#include <stdexcept>
#include <string>

#include <weir/error.hpp>
#include <weir/http.hpp>
#include <weir/io.hpp>

namespace http = weir::http;

namespace {

http::Response now(const http::Request& request) {
  throw std::runtime_error("nobody can answer " + std::string(request.path()));
}

weir::Task<http::Response> later(const http::Request& request, weir::Io& io) {
  co_await io.sleep(std::chrono::milliseconds(1));
  throw std::runtime_error("nobody can answer " + std::string(request.path()));
}

weir::Task<> midway(const http::Request&, http::Exchange& exchange) {
  const http::Response answer = http::text("some");
  co_await exchange.begin(answer);
  co_await exchange.write("more");
  throw std::runtime_error("nobody can go on");
}

weir::Task<> silent(const http::Request&, http::Exchange& exchange) {
  co_await exchange.io().sleep(std::chrono::milliseconds(1));
}

weir::Task<> unread(const http::Request&, http::Exchange& exchange) {
  const http::Response answer = http::text("enough");
  co_await exchange.begin(answer);
}

weir::Task<> elsewhere(const http::Request&, http::Exchange& exchange) {
  co_await exchange.io().sleep(std::chrono::milliseconds(1));
  throw weir::StreamError(ECONNRESET, "a stream of its own");
}

/// Says something for as long as somebody listens.
weir::Task<> endless(const http::Request&, http::Exchange& exchange) {
  const http::Response answer = http::text("");
  co_await exchange.begin(answer);
  for (;;) {
    co_await exchange.write("and so on\n");
  }
}

http::Response well(const http::Request&) {
  return http::text("well\n");
}

}  // namespace

int main(int argc, char** argv) {
  http::Router router;
  router.get("/now", now).get("/later", later).get("/well", well);
  router.get("/elsewhere", elsewhere).get("/endless", endless);
  router.get("/midway", midway)
      .get("/silent", silent)
      .post("/unread", unread)
      .post("/silent", silent);
  return weir::run(argc, argv, http::service(router, "failing", 3002));
}
