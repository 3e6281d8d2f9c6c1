// A measured figure: a number, or the reason why there is none. Never a silent zero.
#pragma once

#include <cmath>
#include <string>
#include <utility>

namespace weir::lab {

class Figure {
 public:
  /// No figure, and nothing known about why.
  Figure() = default;

  Figure(double value)  // a number is a figure, so the conversion is meant
      : value_(value), reason_(std::isfinite(value) ? "" : "not a finite number") {}

  /// A figure that can't be had; `reason` completes "n/a: ".
  static Figure missing(std::string reason) {
    Figure figure;
    figure.reason_ = std::move(reason);
    return figure;
  }

  bool known() const { return reason_.empty(); }

  /// Returns the number, or `otherwise` when it is unknown.
  double value_or(double otherwise) const { return known() ? value_ : otherwise; }

  /// Returns why there is no number; empty when there is one.
  const std::string& reason() const { return reason_; }

  /// Returns the difference, the quotient or the sum; unknown, with its reason, when either is.
  friend Figure operator-(const Figure& left, const Figure& right) {
    return both(left, right, left.value_ - right.value_);
  }
  friend Figure operator+(const Figure& left, const Figure& right) {
    return both(left, right, left.value_ + right.value_);
  }
  friend Figure operator/(const Figure& left, const Figure& right) {
    if (right.known() && right.value_ == 0) return missing("nothing to divide by");
    return both(left, right, left.value_ / right.value_);
  }

 private:
  static Figure both(const Figure& left, const Figure& right, double value) {
    if (!left.known()) return left;
    if (!right.known()) return right;
    return value;
  }

  double value_ = 0;
  std::string reason_ = "not measured";
};

}  // namespace weir::lab
