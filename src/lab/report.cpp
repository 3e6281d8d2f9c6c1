// The report: one page that answers first and proves afterwards.
#include "lab/report.hpp"

#include "lab/experiment.hpp"
#include "lab/page.hpp"
#include "lab/sections.hpp"
#include "lab/svg.hpp"

namespace weir::lab {
namespace {

// The data travels with the page. "</" would end the element early, so it is written otherwise.
std::string data_block(const Results& results) {
  std::string json = to_json(results);
  for (std::size_t at = json.find("</"); at != std::string::npos; at = json.find("</", at + 3)) {
    json.replace(at, 2, "<\\/");
  }
  return R"(<script type="application/json" id="results">)" + json + "</script>";
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
