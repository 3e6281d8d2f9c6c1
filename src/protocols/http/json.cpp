#include "http/json.hpp"

#include <string_view>

namespace weir::http {
namespace {

void append_string(std::string& json, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7E) {
      json.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 0xF]);
    } else {
      if (c == '"' || c == '\\') json += '\\';
      json += c;
    }
  }
  json += '"';
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
  append_string(json, name);
  json += ':';
  append_string(json, value);
  json += ',';
}

}  // namespace

std::string json_of(const Request& request) {
  std::string json = "{";
  append_member(json, "method", request.method());
  append_member(json, "target", request.target());
  append_member(json, "version", request.minor_version() == 0 ? "1.0" : "1.1");
  json += "\"headers\":[";
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field(i);
    json += i == 0 ? "[" : ",[";
    append_string(json, field.name);
    json += ',';
    append_string(json, field.value);
    json += ']';
  }
  json += "],\"body\":";
  append_string(json, request.body());
  json += "}\n";
  return json;
}

}  // namespace weir::http
