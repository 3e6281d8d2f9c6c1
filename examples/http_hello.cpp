// A web server of one's own: handlers that answer at once, and one that waits.
#include <string>

#include <weir/http.hpp>
#include <weir/weir.hpp>

namespace http = weir::http;

http::Response hello(const http::Request& request) {
  return http::text("Hello, " + std::string(request.parameter("name")) + "!\n");
}

http::Response reversed(const http::Request& request) {
  const std::string_view body = request.body();
  return http::text(std::string(body.rbegin(), body.rend()));
}

// Others are served meanwhile, whatever the model.
weir::Task<http::Response> later(const http::Request& request, weir::Io& io) {
  co_await io.sleep(std::chrono::milliseconds(100));
  co_return http::text("at last, " + std::string(request.path()) + '\n');
}

int main(int argc, char** argv) {
  http::Router router;
  router.get("/hello/:name", hello).post("/reversed", reversed).get("/later", later);
  return weir::run(argc, argv, http::service(router, "http_hello", 3001));
}
