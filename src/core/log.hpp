#pragma once
#include <string_view>

namespace weir {

/// Lines about the server's life, to stderr. Whole lines, one write(2) each.
class Log {
 public:
  enum class Level { quiet, normal, verbose };

  explicit Log(Level level) : level_(level) {}
  static Log quiet() { return Log(Level::quiet); }

  bool verbose() const { return level_ == Level::verbose; }
  /// One line: `weir: TEXT`. Control characters of `text` are escaped.
  void line(std::string_view text) const;

 private:
  Level level_;
};

}  // namespace weir
