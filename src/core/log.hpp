#pragma once
#include <string_view>

namespace weir {

/// Lines about the server's life, to stderr. Whole lines, one write(2) each.
class Log {
 public:
  enum class Level { quiet, normal, verbose };

  explicit Log(Level level) : level_(level) {}
  static Log quiet() { return Log(Level::quiet); }

  /// The same, for a process of several: its lines begin with its id.
  Log of_process(int pid) const { return Log(level_, pid); }

  bool verbose() const { return level_ == Level::verbose; }
  /// One line: `weir: TEXT`. Control characters of `text` are escaped.
  void line(std::string_view text) const;

 private:
  Log(Level level, int pid) : level_(level), pid_(pid) {}

  Level level_;
  int pid_ = 0;  // 0: not to be told
};

}  // namespace weir
