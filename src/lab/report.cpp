// The report: one page that answers first and proves afterwards.
#include "lab/report.hpp"

#include "lab/experiment.hpp"
#include "lab/page.hpp"
#include "lab/sections.hpp"
#include "lab/svg.hpp"

namespace weir::lab {
namespace {

// The data travels with the page. In a script element "</" and "<!--" would mean something, so "<"
// is written as JSON allows it, too.
std::string data_block(const Results& results) {
  std::string block = R"(<script type="application/json" id="results">)";
  for (const char character : to_json(results)) {
    if (character == '<') {
      block += "\\u003c";
    } else {
      block += character;
    }
  }
  return block + "</script>";
}

}  // namespace

std::string html(const Results& results) {
  return R"(<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">)"
         R"(<meta name="viewport" content="width=device-width,initial-scale=1">)"
         "<title>weir compare</title><style>" +
         page_style() + "</style></head><body>" + page_definitions() + "<main>" +
         head_html(results) + summary_html(results) + plots_html(results) + method_html(results) +
         runs_html(results) + "</main>" + data_block(results) + "</body></html>\n";
}

}  // namespace weir::lab
