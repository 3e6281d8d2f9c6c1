// Pieces of the report's page.
#pragma once

#include <string>
#include <vector>

namespace weir::lab {

/// Returns the style sheet of the page, the charts' included.
std::string page_style();

/// An HTML table under construction. Cells are escaped.
class HtmlTable {
 public:
  /// `heads` name the columns; those from `text_columns` on hold numbers and are set flush right.
  /// With Cells::wrapped a cell's text may be longer than a line.
  enum class Cells { one_line, wrapped };
  HtmlTable(std::string caption, const std::vector<std::string>& heads, std::size_t text_columns,
            Cells cells = Cells::one_line);

  /// Adds a row; with `emphasis` it stands out.
  void add(const std::vector<std::string>& cells, const std::string& classes = "");

  /// Returns the table, in a box that scrolls by itself on narrow screens.
  std::string str() const;

 private:
  std::string html_;
  std::size_t text_columns_;
};

/// Returns a paragraph, escaped.
std::string paragraph(const std::string& text, const std::string& classes = "");

/// Returns `content` (HTML) behind a summary that opens it.
std::string details(const std::string& summary, const std::string& content);

/// Returns a command to copy, escaped.
std::string command_box(const std::string& command);

}  // namespace weir::lab
