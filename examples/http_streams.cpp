// A web server whose handlers hold neither a request's body nor their answer whole.
#include <algorithm>
#include <charconv>
#include <string>

#include <weir/http.hpp>
#include <weir/weir.hpp>

namespace http = weir::http;

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// As fast as the client sends it and takes the answer; so it must do both at once.
weir::Task<> upper(const http::Request&, http::Exchange& exchange) {
  const http::Response head;
  co_await exchange.begin(head);
  for (;;) {
    const std::string_view piece = co_await exchange.read();
    if (piece.empty()) co_return;
    std::string answer(piece);
    std::transform(answer.begin(), answer.end(), answer.begin(), to_upper);
    co_await exchange.write(answer);
  }
}

// What is read is gone once it is counted.
weir::Task<> count(const http::Request&, http::Exchange& exchange) {
  std::size_t bytes = 0;
  for (;;) {
    const std::string_view piece = co_await exchange.read();
    if (piece.empty()) break;
    bytes += piece.size();
  }
  const http::Response answer = http::text(std::to_string(bytes) + " bytes\n");
  co_await exchange.begin(answer);
}

// So many lines, each of 64 bytes.
weir::Task<> lines(const http::Request& request, http::Exchange& exchange) {
  const std::string_view wanted = request.parameter("count");
  std::size_t count = 0;
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), count);
  const http::Response head;
  co_await exchange.begin(head);
  const std::string block = [] {
    std::string text;
    for (int i = 0; i < 256; ++i) text += std::string(63, static_cast<char>('a' + i % 26)) + '\n';
    return text;
  }();
  for (std::size_t left = 64 * count; left > 0;) {
    const std::string_view piece = std::string_view(block).substr(0, left);
    co_await exchange.write(piece);
    left -= piece.size();
  }
}

int main(int argc, char** argv) {
  http::Router router;
  router.post("/upper", upper).post("/count", count).get("/lines/:count", lines);
  return weir::run(argc, argv, http::service(router, "http_streams", 3004));
}
