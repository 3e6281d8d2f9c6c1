#include <algorithm>

#include <weir/http.hpp>

#include "http/characters.hpp"
#include "http/framing.hpp"
#include "http/head.hpp"

namespace weir::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

std::string_view Request::method() const {
  return head_->view(head_->method);
}
std::string_view Request::target() const {
  return head_->view(head_->target);
}
std::string_view Request::path() const {
  const std::string_view all = target();
  return all.starts_with('/') ? all.substr(0, all.find('?')) : parts_of(all).path;
}
std::string_view Request::query() const {
  return parts_of(target()).query;
}
unsigned Request::minor_version() const {
  return head_->minor_version;
}

/// An absolute target wins over the field: RFC 9112, section 3.2.2.
std::string_view Request::host() const {
  const std::string_view authority = parts_of(target()).authority;
  if (!authority.empty()) return authority;
  return head_->host.count > 0 ? head_->value(head_->host) : std::string_view();
}

std::size_t Request::field_count() const {
  return head_->field_count;
}

Field Request::field(std::size_t index) const {
  const FieldPieces& field = head_->fields[index];
  return {head_->view(field.name), head_->view(field.value)};
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  const auto same = [](char one, char other) { return lower(one) == lower(other); };
  for (std::size_t i = 0; i < field_count(); ++i) {
    const auto [found, value] = field(i);
    if (std::equal(name.begin(), name.end(), found.begin(), found.end(), same)) return value;
  }
  return std::nullopt;
}

std::string_view Request::head() const {
  return head_->view({head_->begin, head_->next - head_->begin});
}

std::string_view Request::parameter(std::string_view name) const {
  for (std::size_t i = 0; i < parameter_count_; ++i) {
    const Parameter& parameter = parameters_[i];
    if (std::string_view(parameter.name, parameter.name_bytes) != name) continue;
    return {parameter.value, parameter.value_bytes};
  }
  return {};
}

}  // namespace weir::http
