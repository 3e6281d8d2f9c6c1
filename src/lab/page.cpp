#include "lab/page.hpp"

#include <fmt/format.h>

#include "lab/svg.hpp"

namespace weir::lab {
namespace {

constexpr std::string_view style =
    "*{box-sizing:border-box}"
    ":root{--page:#f5f7fa;--link:#0072b2;--good:#e6f3ee;--warn:#8a4b00;color-scheme:light dark}"
    "@media (prefers-color-scheme:dark){:root{--page:#0e1319;--link:#56b4e9;--good:#173228;"
    "--warn:#f2b45c}}"
    "body{margin:0;background:var(--page);color:var(--ink);"
    "font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
    "main{max-width:1180px;margin:0 auto;padding:40px 20px 64px}"
    "header .kicker{letter-spacing:.08em;text-transform:uppercase;font-size:13px;font-weight:600;"
    "color:var(--soft);margin:0 0 6px}"
    "h1{font-size:clamp(26px,4vw,36px);line-height:1.2;margin:0 0 18px;letter-spacing:-.01em;"
    "text-wrap:balance}"
    "h2{font-size:21px;margin:0 0 4px;letter-spacing:-.005em}"
    ".answer{font-size:18px;border-left:4px solid var(--s0);padding:2px 0 2px 18px;margin:0 0 26px}"
    ".answer p{margin:0 0 8px}"
    "section{background:var(--card);border:1px solid var(--grid);border-radius:12px;"
    "padding:24px 26px;margin:0 0 22px}"
    "section>p{max-width:75ch;margin:6px 0 14px}.soft{color:var(--soft)}"
    "dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:12px;"
    "margin:0 0 22px}dl.facts div{background:var(--card);border:1px solid var(--grid);"
    "border-radius:10px;padding:12px 16px}"
    "dl.facts dt{font-size:13px;color:var(--soft)}dl.facts dd{margin:2px 0 0;font-weight:600;"
    "overflow-wrap:anywhere}"
    "svg.chart{display:block;width:100%;max-width:1000px;height:auto;margin:14px 0 10px}"
    ".scroll{overflow-x:auto;margin:12px 0}table{border-collapse:collapse;width:100%;"
    "font-size:13.5px;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 8px}"
    "th,td{padding:6px 7px;text-align:right;border-bottom:1px solid var(--grid);"
    "white-space:nowrap}th{font-size:12.5px;color:var(--soft);font-weight:600}"
    "table.wrapped td{white-space:normal;vertical-align:top}"
    "th.text,td.text{text-align:left}tr.best td{background:var(--good)}tr.first td{"
    "border-top:2px solid var(--soft)}td.warn{color:var(--warn)}"
    "table.heat td.best{background:var(--good)}table.heat td.near{background:rgba(213,94,0,.12)}"
    "table.heat td.far{background:rgba(213,94,0,.26)}"
    "table.heat td.worst{background:rgba(213,94,0,.42)}"
    "details{margin-top:8px}summary{cursor:pointer;color:var(--link);font-size:14px}"
    "summary:focus-visible{outline:2px solid var(--link);outline-offset:3px}"
    "pre{background:var(--rail);border-radius:8px;padding:10px 14px;overflow-x:auto;margin:10px 0;"
    "font:13px/1.5 ui-monospace,'DejaVu Sans Mono',monospace}"
    ".key{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:13px;color:var(--soft)}"
    ".key i{display:inline-block;width:22px;height:12px;border-radius:2px;margin-right:6px;"
    "vertical-align:-1px}.key .bandkey{background:var(--band);opacity:.3}"
    ".key .waitkey{background:repeating-linear-gradient(45deg,var(--hatch) 0 3px,var(--rail) 3px "
    "7px)}ul{max-width:75ch;padding-left:20px}li{margin:6px 0}"
    "@media print{body{background:#fff}section{break-inside:avoid}}";

}  // namespace

std::string page_style() {
  return chart_style() + std::string(style);
}

HtmlTable::HtmlTable(std::string caption, const std::vector<std::string>& heads,
                     std::size_t text_columns, Cells cells)
    : text_columns_(text_columns) {
  html_ =
      fmt::format(R"(<div class="scroll" tabindex="0"><table{}><caption>{}</caption><thead><tr>)",
                  cells == Cells::wrapped ? R"( class="wrapped")" : "", escaped(caption));
  for (std::size_t i = 0; i < heads.size(); ++i) {
    html_ += fmt::format(R"(<th scope="col"{}>{}</th>)", i < text_columns ? R"( class="text")" : "",
                         escaped(heads[i]));
  }
  html_ += "</tr></thead><tbody>";
}

void HtmlTable::add(const std::vector<std::string>& cells, const std::string& classes) {
  html_ += classes.empty() ? "<tr>" : fmt::format(R"(<tr class="{}">)", classes);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    html_ += fmt::format("<td{}>{}</td>", i < text_columns_ ? R"( class="text")" : "",
                         escaped(cells[i]));
  }
  html_ += "</tr>";
}

std::string HtmlTable::str() const {
  return html_ + "</tbody></table></div>";
}

std::string paragraph(const std::string& text, const std::string& classes) {
  const std::string open = classes.empty() ? "<p>" : fmt::format(R"(<p class="{}">)", classes);
  return open + escaped(text) + "</p>";
}

std::string details(const std::string& summary, const std::string& content) {
  return fmt::format("<details><summary>{}</summary>{}</details>", escaped(summary), content);
}

std::string command_box(const std::string& command) {
  return R"(<pre tabindex="0"><code>)" + escaped(command) + "</code></pre>";
}

}  // namespace weir::lab
