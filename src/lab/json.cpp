#include "lab/json.hpp"

#include <cmath>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace weir::lab {
namespace {

using Library = nlohmann::ordered_json;

constexpr double whole_number_max = 9007199254740992.0;  // 2^53: above, a double has gaps
constexpr std::string_view missing_prefix = "n/a: ";

Json from_library(const Library& value) {
  if (value.is_boolean()) return Json(value.get<bool>());
  if (value.is_number()) return Json(value.get<double>());
  if (value.is_string()) return Json(value.get<std::string>());
  if (value.is_array()) {
    Json result = Json::array();
    for (const auto& element : value) result.push(from_library(element));
    return result;
  }
  if (value.is_object()) {
    Json result = Json::object();
    for (const auto& [name, member] : value.items()) result.set(name, from_library(member));
    return result;
  }
  return {};
}

}  // namespace

Json::Json(const Figure& figure) {
  if (figure.known()) {
    value_ = figure.value_or(0);
  } else {
    value_ = std::string(missing_prefix) + figure.reason();
  }
}

Json Json::object() {
  Json result;
  result.value_ = std::vector<Member>();
  return result;
}

Json Json::array() {
  Json result;
  result.value_ = std::vector<Json>();
  return result;
}

Json Json::array(const std::vector<std::string>& texts) {
  Json result = array();
  for (const std::string& text : texts) result.push(text);
  return result;
}

Json Json::parse(std::string_view text) {
  try {
    return from_library(Library::parse(text));
  } catch (const Library::exception& error) {
    throw std::runtime_error(std::string("not JSON: ") + error.what());
  }
}

std::string Json::dump(int indent) const {
  const auto convert = [](const auto& self, const Json& json) -> Library {
    if (const auto* flag = std::get_if<bool>(&json.value_)) return *flag;
    if (const auto* text = std::get_if<std::string>(&json.value_)) return *text;
    if (const auto* number = std::get_if<double>(&json.value_)) {
      const bool whole = std::trunc(*number) == *number && std::abs(*number) <= whole_number_max;
      return whole ? Library(static_cast<std::int64_t>(*number)) : Library(*number);
    }
    if (const auto* list = std::get_if<std::vector<Json>>(&json.value_)) {
      Library result = Library::array();
      for (const Json& element : *list) result.push_back(self(self, element));
      return result;
    }
    if (const auto* map = std::get_if<std::vector<Member>>(&json.value_)) {
      Library result = Library::object();
      for (const auto& [name, value] : *map) result[name] = self(self, value);
      return result;
    }
    return nullptr;
  };
  // Text from outside (a banner, an error) may not be UTF-8; it is made so rather than refused.
  return convert(convert, *this)
      .dump(indent > 0 ? indent : -1, ' ', false, Library::error_handler_t::replace);
}

void Json::set(std::string name, Json value) {
  if (is_null()) value_ = std::vector<Member>();
  auto& members = std::get<std::vector<Member>>(value_);
  for (auto& [existing, old] : members) {
    if (existing == name) {
      old = std::move(value);
      return;
    }
  }
  members.emplace_back(std::move(name), std::move(value));
}

void Json::push(Json value) {
  if (is_null()) value_ = std::vector<Json>();
  std::get<std::vector<Json>>(value_).push_back(std::move(value));
}

const Json& Json::at(std::string_view path) const {
  static const Json null;
  const std::size_t dot = path.find('.');
  const std::string_view name = path.substr(0, dot);
  for (const auto& [existing, value] : members()) {
    if (existing != name) continue;
    return dot == std::string_view::npos ? value : value.at(path.substr(dot + 1));
  }
  return null;
}

double Json::number_or(double otherwise) const {
  const auto* number = std::get_if<double>(&value_);
  return number != nullptr ? *number : otherwise;
}

bool Json::bool_or(bool otherwise) const {
  const auto* flag = std::get_if<bool>(&value_);
  return flag != nullptr ? *flag : otherwise;
}

std::string Json::text_or(std::string otherwise) const {
  const auto* text = std::get_if<std::string>(&value_);
  return text != nullptr ? *text : std::move(otherwise);
}

Figure Json::figure() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  std::string text = text_or("");
  if (text.rfind(missing_prefix, 0) == 0) text.erase(0, missing_prefix.size());
  return Figure::missing(text.empty() ? "not reported" : text);
}

const std::vector<Json>& Json::elements() const {
  static const std::vector<Json> none;
  const auto* list = std::get_if<std::vector<Json>>(&value_);
  return list != nullptr ? *list : none;
}

const std::vector<Json::Member>& Json::members() const {
  static const std::vector<Member> none;
  const auto* map = std::get_if<std::vector<Member>>(&value_);
  return map != nullptr ? *map : none;
}

}  // namespace weir::lab
