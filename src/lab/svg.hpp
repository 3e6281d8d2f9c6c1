// Drawing in SVG: the few shapes that our charts need. Colours come from the classes of
// chart_style(), so that a drawing follows the reader's light or dark page.
#pragma once

#include <string>
#include <string_view>

namespace weir::lab {

/// Returns `text` with the characters escaped that mean something in XML and HTML.
std::string escaped(std::string_view text);

enum class Anchor { start, middle, end };

/// A drawing under way. Coordinates are in CSS pixels from the top left corner.
class Drawing {
 public:
  Drawing(double width, double height) : width_(width), height_(height) {}

  double width() const { return width_; }
  double height() const { return height_; }
  const std::string& body() const { return body_; }
  void set_height(double height) { height_ = height; }

  /// Each adds a shape; `classes` are names of chart_style().
  void rect(double x, double y, double width, double height, std::string_view classes,
            double radius = 0);
  void line(double x1, double y1, double x2, double y2, std::string_view classes);
  void path(std::string_view data, std::string_view classes);
  void text(double x, double y, std::string_view content, std::string_view classes,
            Anchor anchor = Anchor::start);

  /// A marker of the series' own shape (circle, square, triangle, diamond), so that colour is not
  /// the only sign. A hollow one marks a lower bound.
  void marker(double x, double y, std::size_t series, bool hollow);

  /// Adds another drawing, its corner at (x, y).
  void place(double x, double y, const Drawing& other);

 private:
  double width_;
  double height_;
  std::string body_;
};

/// Returns the class of a series' colour; they repeat after twelve.
std::string series_class(std::size_t series);

/// Returns the class of a line in that colour.
std::string series_line_class(std::size_t series);

/// Returns the style sheet of all charts: a palette that the colour-blind can tell apart (Okabe and
/// Ito 2008), brighter on dark pages.
std::string chart_style();

/// Returns what the drawings of one page share (the hatching); to be put in its body once.
std::string page_definitions();

enum class SvgUse { inside_page, stand_alone };

/// Returns the <svg> element. `id` must be unique in the page; title and description are what a
/// screen reader says.
std::string svg(const Drawing& drawing, std::string_view id, std::string_view title,
                std::string_view description, SvgUse use);

}  // namespace weir::lab
