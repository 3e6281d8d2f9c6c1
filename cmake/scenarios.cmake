# The scenarios of `weir compare` become a source of weir_lab's, in the order in which they are to be
# read.

find_path(WEIR_TOMLPLUSPLUS toml++/toml.h)
if(NOT WEIR_TOMLPLUSPLUS)
  message(FATAL_ERROR "The scenarios need toml++: install libtomlplusplus-dev.")
endif()

set(scenarios cost peak block mixed idle slow fair churn think burst overload stream transfer curve prime crash
    http web)
set(source ${CMAKE_CURRENT_BINARY_DIR}/scenarios/shipped.cpp)
set(entries)
foreach(scenario ${scenarios})
  set(file ${PROJECT_SOURCE_DIR}/scenarios/${scenario}.toml)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  string(APPEND entries "    {\"${scenario}.toml\", R\"toml(${text})toml\"},\n")
endforeach()
file(GENERATE OUTPUT ${source} CONTENT "\
#include \"lab/shipped.hpp\"\n\n\
namespace weir::lab {\n\n\
const std::vector<ShippedFile>& shipped_files() {\n\
  static const std::vector<ShippedFile> files{\n${entries}  };\n\
  return files;\n\
}\n\n\
}  // namespace weir::lab\n")
target_sources(weir_lab PRIVATE ${source})
