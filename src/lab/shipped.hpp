// The scenarios that ship with the command, as the build found them in scenarios/.
#pragma once

#include <string_view>
#include <vector>

namespace weir::lab {

struct ShippedFile {
  std::string_view name;  ///< block.toml
  std::string_view text;
};

const std::vector<ShippedFile>& shipped_files();

}  // namespace weir::lab
