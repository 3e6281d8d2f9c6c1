// JSON values for the lab: just enough to read what the generator says and to write results.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lab/figure.hpp"

namespace weir::lab {

/// A JSON value. Objects keep the order in which their members were set.
class Json {
 public:
  using Member = std::pair<std::string, Json>;

  Json() = default;  ///< null
  Json(bool value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(const Figure& figure);  ///< a number, or the string "n/a: reason"

  static Json object();
  static Json array();
  static Json array(const std::vector<std::string>& texts);

  /// Reads one value. Throws std::runtime_error, with the place, when `text` is not JSON.
  static Json parse(std::string_view text);

  /// Returns the text: on one line when `indent` is 0, else indented by so many spaces. Whole
  /// numbers are written without a fraction.
  std::string dump(int indent) const;

  /// Sets a member of an object (a null becomes one), replacing an older one of that name.
  void set(std::string name, Json value);

  /// Appends to an array (a null becomes one).
  void push(Json value);

  /// Returns the member at `path` ("latency.service.p50_ns"), or a null when there is none.
  const Json& at(std::string_view path) const;

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_number() const { return std::holds_alternative<double>(value_); }

  /// Returns the value when it is of that kind, else `otherwise`.
  double number_or(double otherwise) const;
  bool bool_or(bool otherwise) const;
  std::string text_or(std::string otherwise) const;

  /// Returns a number as a figure; a string "n/a: reason" or an absent value as a missing one.
  Figure figure() const;

  /// Returns the elements of an array or the members of an object; none for anything else.
  const std::vector<Json>& elements() const;
  const std::vector<Member>& members() const;

 private:
  std::variant<std::monostate, bool, double, std::string, std::vector<Json>, std::vector<Member>>
      value_;
};

}  // namespace weir::lab
