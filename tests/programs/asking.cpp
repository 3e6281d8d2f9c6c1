// A web server that answers with what another server says.
#include <string>

#include <weir/address.hpp>
#include <weir/http.hpp>
#include <weir/weir.hpp>

namespace http = weir::http;

namespace {

weir::Task<http::Response> ask(const http::Request& request, weir::Io& io) {
  const auto address = weir::Address::parse("127.0.0.1:" + std::string(request.parameter("port")));
  const weir::Connected other = co_await io.connect(address);
  if (!other) co_return http::text(other.error.message(), 502);
  const weir::Bytes bytes = co_await other.stream->read();
  co_return http::text(std::string(bytes));
}

http::Response well(const http::Request&) {
  return http::text("well\n");
}

}  // namespace

int main(int argc, char** argv) {
  http::Router router;
  router.get("/ask/:port", ask).get("/well", well);
  return weir::run(argc, argv, http::service(router, "asking", 3005));
}
