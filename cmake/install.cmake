# What `cmake --install` puts where: the command, one archive of all that a server of one's own is
# linked with, the public headers, the documents; and how CMake (find_package(weir)) and pkg-config
# find them.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
find_package(fmt REQUIRED)

# The libraries of the tree keep each other's headers apart; a user links one.
get_property(parts GLOBAL PROPERTY weir_parts)
list(TRANSFORM parts REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
add_library(weir_archive STATIC ${objects})
set_target_properties(weir_archive PROPERTIES
  OUTPUT_NAME weir EXPORT_NAME weir LINKER_LANGUAGE CXX)
target_compile_features(weir_archive INTERFACE cxx_std_20)
target_link_libraries(weir_archive INTERFACE fmt::fmt Threads::Threads)

# What the models of this build are built on: as the linker calls it, as pkg-config does (a file of
# its own, or a bare library), and the package that has it.
set(uring_needs uring liburing liburing-dev)
set(uv_needs uv libuv libuv1-dev)
set(fiber_needs boost_context "" libboost-context-dev)
set(weir_pc_requires fmt)
set(weir_pc_libs -pthread)
foreach(model uring uv fiber)
  if(NOT WEIR_HAS_${model})
    continue()
  endif()
  list(GET ${model}_needs 0 library)
  list(GET ${model}_needs 1 module)
  list(GET ${model}_needs 2 package)
  target_link_libraries(weir_archive INTERFACE ${library})
  string(APPEND weir_finds "weir_find(${library} ${package})\n")
  if(module)
    string(APPEND weir_pc_requires " ${module}")
  else()
    string(PREPEND weir_pc_libs "-l${library} ")
  endif()
endforeach()
if(WEIR_SANITIZE)
  target_compile_options(weir_archive INTERFACE -fsanitize=${WEIR_SANITIZE})
  target_link_options(weir_archive INTERFACE -fsanitize=${WEIR_SANITIZE})
  string(APPEND weir_pc_libs " -fsanitize=${WEIR_SANITIZE}")
  set(weir_pc_cflags " -fsanitize=${WEIR_SANITIZE}")
endif()

install(TARGETS weir RUNTIME)
install(TARGETS weir_archive EXPORT weir INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/weir)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "*.in" EXCLUDE)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  PATTERN examples/CMakeLists.txt EXCLUDE)  # the tree's own

set(weir_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weir)
install(EXPORT weir NAMESPACE weir:: FILE weirTargets.cmake DESTINATION ${weir_cmake_dir})
configure_package_config_file(cmake/weirConfig.cmake.in ${PROJECT_BINARY_DIR}/weirConfig.cmake
  INSTALL_DESTINATION ${weir_cmake_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weirConfig.cmake ${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
  DESTINATION ${weir_cmake_dir})
set(weir_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH weir_pc_prefix /prefix/${weir_pc_dir} /prefix)  # wherever --prefix puts it
string(REGEX REPLACE "/$" "" weir_pc_prefix "${weir_pc_prefix}")
configure_file(cmake/weir.pc.in ${PROJECT_BINARY_DIR}/weir.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weir.pc DESTINATION ${weir_pc_dir})
