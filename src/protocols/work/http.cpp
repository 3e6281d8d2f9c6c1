#include "work/http.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "work/perform.hpp"
#include "work/request.hpp"

namespace weir::work {
namespace {

/// The request that is meant; or what is to be answered instead.
std::string understand(std::string_view query, Request& request) {
  std::string line(query);
  std::replace(line.begin(), line.end(), '&', ' ');
  try {
    request = parse(line);
  } catch (const std::invalid_argument& error) {
    return std::string("error: ") + error.what() + '\n';
  }
  return request.crash ? "error: a web server is not to crash; serve work --crash\n" : "";
}

http::Response answer_of(std::size_t size) {
  http::Response response;
  response.type = "text/plain";
  if (size <= answer_end_bytes_max)
    response.fixed = answer_end(size);
  else
    response.body = std::string(size - 1, 'w') + '\n';
  return response;
}

}  // namespace

Task<http::Response> answer(const http::Request& asked, Io& io) {
  Request request;
  const std::string error = understand(asked.query(), request);
  if (!error.empty()) co_return http::text(error, 400);
  co_await perform(io, request);
  co_return answer_of(request.reply_bytes);
}

}  // namespace weir::work
