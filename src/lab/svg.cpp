#include "lab/svg.hpp"

#include <fmt/format.h>

namespace weir::lab {
namespace {

constexpr std::size_t palette_size = 12;
constexpr double marker_size = 4.5;

const char* name(Anchor anchor) {
  switch (anchor) {
    case Anchor::start:
      return "start";
    case Anchor::middle:
      return "middle";
    case Anchor::end:
      return "end";
  }
  return "start";
}

constexpr std::string_view light_palette =
    "--ink:#1b2430;--soft:#5b6777;--grid:#e3e8ee;--card:#ffffff;--rail:#eef1f5;"
    "--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#aa4499;--s4:#b58900;--s5:#3a9bdc;"
    "--s6:#882255;--s7:#6b7683;--s8:#4b3fa0;--s9:#7d8b1f;--s10:#cc6677;--s11:#8c564b;"
    "--band:#5b6777;--hatch:#b9c2cd;";
constexpr std::string_view dark_palette =
    "--ink:#e8edf3;--soft:#9aa7b6;--grid:#2b3542;--card:#161c24;--rail:#232c37;"
    "--s0:#56b4e9;--s1:#f08a4b;--s2:#2fc79b;--s3:#d58ac4;--s4:#e6b800;--s5:#8ecbf5;"
    "--s6:#d76a9c;--s7:#aab5c2;--s8:#9a90f0;--s9:#c3cf5a;--s10:#f0a3ae;--s11:#c79a8b;"
    "--band:#9aa7b6;--hatch:#4a5665;";

constexpr std::string_view shape_style =
    ".chart text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
    "fill:var(--ink)}"
    ".chart .soft{fill:var(--soft)}.chart .small{font-size:11.5px}.chart .strong{font-weight:600}"
    ".chart .big{font-size:19px;font-weight:650}"
    ".chart .grid{stroke:var(--grid);stroke-width:1;fill:none}"
    ".chart .axis{stroke:var(--soft);stroke-width:1;fill:none}"
    ".chart .rail{fill:var(--rail)}.chart .card{fill:var(--card);stroke:var(--grid)}"
    ".chart .band{fill:var(--band);opacity:.2}.chart .edge{stroke:var(--band);"
    "stroke-width:1;stroke-dasharray:3 3;opacity:.8}"
    ".chart .whisker{stroke:var(--ink);stroke-width:1.4;fill:none;opacity:.75}"
    ".chart .wait{fill:url(#hatch)}.chart .hatchline{stroke:var(--hatch);stroke-width:3}"
    ".chart .tick{stroke:var(--card);stroke-width:2}"
    ".chart .answer{fill:var(--card);stroke:none}"
    ".chart .outline{fill-opacity:.16;stroke-width:1.5}"
    ".chart .faded{opacity:.38}.chart .half{opacity:.5}"
    ".chart .curve{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}"
    ".chart .dashed{stroke-dasharray:6 5}.chart .hollow{stroke-width:2;fill:var(--card)}";

constexpr std::string_view hatch_definition =
    R"x(<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" )x"
    R"x(patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="8" class="hatchline"/>)x"
    R"x(</pattern></defs>)x";

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char character : text) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += character;
    }
  }
  return result;
}

void Drawing::rect(double x, double y, double width, double height, std::string_view classes,
                   double radius) {
  body_ += fmt::format(
      R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:.1f}" class="{}"/>)", x,
      y, width < 0 ? 0 : width, height, radius, classes);
}

void Drawing::line(double x1, double y1, double x2, double y2, std::string_view classes) {
  body_ += fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>)", x1,
                       y1, x2, y2, classes);
}

void Drawing::path(std::string_view data, std::string_view classes) {
  body_ += fmt::format(R"(<path d="{}" class="{}"/>)", data, classes);
}

void Drawing::text(double x, double y, std::string_view content, std::string_view classes,
                   Anchor anchor) {
  body_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>)", x, y,
                       name(anchor), classes, escaped(content));
}

void Drawing::marker(double x, double y, std::size_t series, bool hollow) {
  const std::string classes = hollow ? "hollow " + series_line_class(series) : series_class(series);
  const double r = marker_size;
  switch (series % 4) {
    case 0:
      body_ +=
          fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="{}" class="{}"/>)", x, y, r, classes);
      break;
    case 1:
      rect(x - r, y - r, 2 * r, 2 * r, classes);
      break;
    case 2:
      path(fmt::format("M{:.1f} {:.1f}l{} {}h{}z", x, y - r - 1, r + 1, 2 * r, -2 * (r + 1)),
           classes);
      break;
    default:
      path(fmt::format("M{:.1f} {:.1f}l{} {}l{} {}l{} {}z", x, y - r - 1, r + 1, r + 1, -r - 1,
                       r + 1, -r - 1, -r - 1),
           classes);
  }
}

void Drawing::place(double x, double y, const Drawing& other) {
  body_ += fmt::format(R"x(<g transform="translate({:.1f} {:.1f})">{}</g>)x", x, y, other.body_);
}

std::string series_class(std::size_t series) {
  return fmt::format("f{}", series % palette_size);
}

std::string series_line_class(std::size_t series) {
  return fmt::format("l{}", series % palette_size);
}

std::string chart_style() {
  std::string style = fmt::format(":root{{{}}}@media (prefers-color-scheme:dark){{:root{{{}}}}}{}",
                                  light_palette, dark_palette, shape_style);
  for (std::size_t i = 0; i < palette_size; ++i) {
    style += fmt::format(".chart .f{0}{{fill:var(--s{0})}}.chart .l{0}{{stroke:var(--s{0})}}", i);
  }
  return style;
}

std::string page_definitions() {
  return R"(<svg width="0" height="0" class="chart" aria-hidden="true" )"
         R"(style="position:absolute">)" +
         std::string(hatch_definition) + "</svg>";
}

std::string svg(const Drawing& drawing, std::string_view id, std::string_view title,
                std::string_view description, SvgUse use) {
  std::string size;
  std::string style;
  if (use == SvgUse::stand_alone) {
    size = fmt::format(R"( xmlns="http://www.w3.org/2000/svg" width="{:.0f}" height="{:.0f}")",
                       drawing.width(), drawing.height());
    style = "<style>" + chart_style() + "</style>" + std::string(hatch_definition);
  }
  return fmt::format(
      R"(<svg{} viewBox="0 0 {:.0f} {:.0f}" class="chart" role="img" )"
      R"(aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title><desc id="{}-d">{}</desc>)"
      "{}{}</svg>",
      size, drawing.width(), drawing.height(), id, id, id, escaped(title), id, escaped(description),
      style, drawing.body());
}

}  // namespace weir::lab
