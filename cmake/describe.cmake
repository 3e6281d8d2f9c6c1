# What the sources say of themselves, for `weir list`, `weir explain` and docs/MODELS.md: a program
# reads them when they change, and writes a source of weir_describe's.

weir_library(describe describe)

# It runs on the machine that builds, so no sanitizer has a say in it.
file(GLOB describer CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/describe/*.cpp)
add_executable(weir_describer ${PROJECT_SOURCE_DIR}/src/describe/generator/main.cpp ${describer})
target_include_directories(weir_describer PRIVATE ${PROJECT_BINARY_DIR}/include/describe)
target_link_libraries(weir_describer PRIVATE weir_warnings)

file(GLOB described CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/src/models/*.cpp
  ${PROJECT_SOURCE_DIR}/src/models/*.hpp
  ${PROJECT_SOURCE_DIR}/examples/by_hand/*.cpp
  ${PROJECT_SOURCE_DIR}/src/protocols/framed/session.cpp
  ${PROJECT_SOURCE_DIR}/src/protocols/framed/codec.cpp)
set(frame docs/models.md.in)
list(TRANSFORM described PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE described_files)
set(facts ${CMAKE_CURRENT_BINARY_DIR}/describe/facts.cpp)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/describe)
add_custom_command(OUTPUT ${facts}
  COMMAND weir_describer ${PROJECT_SOURCE_DIR} ${facts} ${frame} ${described}
  DEPENDS weir_describer ${described_files} ${PROJECT_SOURCE_DIR}/${frame}
  COMMENT "Counting what the models are made of"
  VERBATIM)
target_sources(weir_describe PRIVATE ${facts})
