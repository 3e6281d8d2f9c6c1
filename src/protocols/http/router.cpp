#include <algorithm>
#include <stdexcept>
#include <utility>

#include <weir/http.hpp>

namespace weir::http {
namespace {

/// Takes the next segment, and the slash before it, off `path`, which begins with one.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t size = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, size);
  path.remove_prefix(size);
  return segment;
}

std::size_t parameters_of(std::string_view path) {
  std::size_t count = 0;
  while (!path.empty()) count += take_segment(path).starts_with(':') ? 1 : 0;
  return count;
}

}  // namespace

Router& Router::get(std::string path, AnyHandler handler) {
  return route("GET", std::move(path), std::move(handler));
}

Router& Router::post(std::string path, AnyHandler handler) {
  return route("POST", std::move(path), std::move(handler));
}

Router& Router::route(std::string method, std::string path, AnyHandler handler) {
  if (!path.starts_with('/')) throw std::invalid_argument("route '" + path + "': begin with '/'");
  const std::size_t parameters = parameters_of(path);
  if (parameters > parameters_max) {
    throw std::invalid_argument("route '" + path + "' has too many parameters");
  }
  takes_pieces_ = takes_pieces_ || std::holds_alternative<StreamHandler>(handler);
  routes_.push_back({std::move(method), std::move(path), parameters > 0, std::move(handler)});
  return *this;
}

Router& Router::otherwise(AnyHandler handler) {
  takes_pieces_ = takes_pieces_ || std::holds_alternative<StreamHandler>(handler);
  otherwise_ = std::move(handler);
  return *this;
}

bool Router::serves(const Route& route, std::string_view method) {
  return route.method == method || route.method == "*" ||
         (method == "HEAD" && route.method == "GET");
}

bool Router::fits(const Route& route, std::string_view path, Request& request) {
  if (!route.has_parameters) return route.path == path;
  if (!path.starts_with('/')) return false;
  std::string_view pattern = route.path;
  std::size_t count = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    const bool parameter = wanted.starts_with(':');
    if (parameter ? segment.empty() : segment != wanted) return false;
    if (!parameter) continue;
    request.parameters_[count++] = {wanted.data() + 1, segment.data(),
                                    static_cast<std::uint32_t>(wanted.size() - 1),
                                    static_cast<std::uint32_t>(segment.size())};
  }
  request.parameter_count_ = count;
  return pattern.empty() && path.empty();
}

const AnyHandler* Router::find(Request& request, std::string& allowed) const {
  const std::string_view method = request.method();
  const std::string_view path = request.path();
  for (const Route& route : routes_) {
    if (!fits(route, path, request)) continue;
    if (serves(route, method)) return &route.handler;
    allowed += (allowed.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") allowed += ", HEAD";
  }
  request.parameter_count_ = 0;
  return allowed.empty() && otherwise_ ? &*otherwise_ : nullptr;
}

}  // namespace weir::http
