# The flags that everything is built with, and the function that declares a library of the tree.

# Where sources are put together a file's own names are seen by the next one, which is no mistake.
add_library(weir_warnings INTERFACE)
set(together $<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>)
target_compile_options(weir_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Werror
  $<$<NOT:${together}>:-Wshadow>
  $<$<AND:${together},$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)

add_library(weir_flags INTERFACE)
target_link_libraries(weir_flags INTERFACE weir_warnings)
target_compile_options(weir_flags INTERFACE -fPIE)
target_link_options(weir_flags INTERFACE -pie)
if(WEIR_SANITIZE)
  target_compile_options(weir_flags INTERFACE
    -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    -fno-sanitize=vptr)  # it asks the kernel through a pipe, which a test of no descriptors denies it
  target_link_options(weir_flags INTERFACE -fsanitize=${WEIR_SANITIZE})
  # ThreadSanitizer doesn't know fences; Asio, which has one thread here, needs none.
  target_compile_definitions(weir_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  # GCC 12 suspects what its sanitizers' own code does.
  target_compile_options(weir_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
else()
  target_compile_options(weir_flags INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    $<$<CXX_COMPILER_ID:GNU>:-ftrivial-auto-var-init=zero>)  # clang 14 has it only as an experiment
  target_compile_definitions(weir_flags INTERFACE
    _GLIBCXX_ASSERTIONS $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_link_options(weir_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

find_package(Threads REQUIRED)
target_link_libraries(weir_flags INTERFACE Threads::Threads)

# weir_library(NAME DIRECTORY [LINK library...])
#
# A library of the sources in src/DIRECTORY, whose headers are included as "NAME/header.hpp". The
# include directory that it gives to those who link it holds nothing but that one name, so that who
# does not link it can't include it.
function(weir_library name directory)
  cmake_parse_arguments(PARSE_ARGV 2 LIBRARY "" "" "LINK")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${directory}/*.cpp)
  set(root ${PROJECT_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/${directory} ${root}/${name} SYMBOLIC)
  add_library(weir_${name} STATIC ${sources})
  target_include_directories(weir_${name} PUBLIC ${root})
  target_link_libraries(weir_${name} PUBLIC ${LIBRARY_LINK} PRIVATE weir_flags)
  if(NOT directory MATCHES "^protocols/")  # weir's own services are the command's
    set_property(GLOBAL APPEND PROPERTY weir_parts weir_${name})
  endif()
endfunction()

# weir_model_library(MODEL LIBRARY HEADER PACKAGE)
#
# Finds what a model is built on (LIBRARY may be empty), and sets WEIR_HAS_MODEL and
# WEIR_LIBRARY_MODEL for the whole tree. Where it isn't installed the model is left out:
# src/models/without/MODEL.cpp, which says so, stands in for it.
function(weir_model_library model library header package)
  set(has ON)
  find_path(WEIR_INCLUDE_${model} ${header})
  if(NOT WEIR_INCLUDE_${model})
    set(has OFF)
  endif()
  if(library)
    find_library(WEIR_LIBRARY_${model} ${library})
    if(NOT WEIR_LIBRARY_${model})
      set(has OFF)
    endif()
  endif()
  set(WEIR_HAS_${model} ${has} CACHE INTERNAL "")
  if(has)
    target_link_libraries(weir_models PRIVATE ${WEIR_LIBRARY_${model}})
  else()
    message(STATUS "${package} is not installed: the model `${model}` is left out")
    file(GLOB left_out ${PROJECT_SOURCE_DIR}/src/models/${model}.cpp
      ${PROJECT_SOURCE_DIR}/src/models/${model}_*.cpp)
    set_source_files_properties(${left_out} PROPERTIES HEADER_FILE_ONLY ON)
    target_sources(weir_models PRIVATE ${PROJECT_SOURCE_DIR}/src/models/without/${model}.cpp)
  endif()
endfunction()
