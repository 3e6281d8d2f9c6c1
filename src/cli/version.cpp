#include "cli/version.hpp"

#include <sys/utsname.h>

#include <fmt/format.h>

#include "cli/model_table.hpp"
#include "cli/suggest.hpp"
#include "core/compiler.hpp"

namespace weir::cli {

std::string version_text() {
  utsname system{};
  ::uname(&system);
  return fmt::format("weir {} ({}{}), models {}, {} {}", WEIR_VERSION, compiler_name,
                     address_sanitizer ? ", AddressSanitizer" : "", listed(model_names()),
                     system.sysname, system.release);
}

}  // namespace weir::cli
