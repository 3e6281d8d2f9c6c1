#include <stdexcept>
#include <utility>

#include <weir/http.hpp>

#include "http/characters.hpp"

namespace weir::http {

Response& Response::add(std::string_view name, std::string_view value) {
  for (const std::string_view own :
       {"date", "content-length", "content-type", "connection", "transfer-encoding"}) {
    if (equals(name, own)) {
      throw std::invalid_argument("the field " + std::string(name) + " is added by itself");
    }
  }
  if (!is_token(name)) throw std::invalid_argument("the name of a field is no token");
  for (const char c : value) {
    if (!is(value_character, c)) {
      throw std::invalid_argument("the field " + std::string(name) + " has a control character");
    }
  }
  fields.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

Response text(std::string body, int status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string_view reason(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

}  // namespace weir::http
