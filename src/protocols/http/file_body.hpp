#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/open_file.hpp"
#include "http/ranges.hpp"

namespace weir::http {

/// A body that is sent from a file: its parts, with what stands before each, and behind them all.
struct FileBody {
  struct Part {
    std::string before;
    ByteRange range;
  };
  std::shared_ptr<const OpenFile> file;
  std::vector<Part> parts;
  std::string after;

  std::uint64_t size() const {
    std::uint64_t sum = after.size();
    for (const Part& part : parts) sum += part.before.size() + part.range.size();
    return sum;
  }
};

}  // namespace weir::http
