# One folder of src/ is one library, `rollcall_<folder>`, with its unit tests beside the sources.

include(CTest)
find_package(Threads REQUIRED)
find_program(CCACHE ccache)
if(CCACHE)
  # Without these ccache passes over whatever uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(rollcall_flags INTERFACE)
target_compile_options(rollcall_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
# What is installed must not tell, or depend on, where it was built.
target_compile_options(rollcall_flags INTERFACE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 warns falsely of `std::string + char*` when it optimises (GCC bug 105651).
  target_compile_options(rollcall_flags INTERFACE -Wno-restrict)
  if(CMAKE_UNITY_BUILD)
    # It takes the sources that are put together for headers.
    target_compile_options(rollcall_flags INTERFACE -Wno-subobject-linkage)
    # What g++ lets a source grow by inlining is meant for one of them: with eight a request took 5 % longer.
    target_compile_options(rollcall_flags INTERFACE "SHELL:--param large-unit-insns=200000")
  endif()
  if(ROLLCALL_SANITIZE)
    # So it does of the standard library's own loops once they are instrumented.
    target_compile_options(rollcall_flags INTERFACE -Wno-stringop-overflow -Wno-maybe-uninitialized -Wno-array-bounds)
  endif()
endif()
if(ROLLCALL_WERROR)
  target_compile_options(rollcall_flags INTERFACE -Werror)
endif()
if(ROLLCALL_SANITIZE)
  target_compile_options(rollcall_flags INTERFACE -fsanitize=${ROLLCALL_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND ROLLCALL_SANITIZE MATCHES address)
    # Calls to the checks instead of the checks themselves: sooner compiled, and hardly slower.
    target_compile_options(rollcall_flags INTERFACE "SHELL:-mllvm -asan-instrumentation-with-call-threshold=0")
  endif()
  target_link_options(rollcall_flags INTERFACE -fsanitize=${ROLLCALL_SANITIZE})
endif()
if(ROLLCALL_FUZZ)
  target_compile_options(rollcall_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_include_directories(rollcall_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)

# Two thirds of a build went into parsing these headers again and again. They are parsed once for all layers, and once
# more with GoogleTest for all tests. Not for releases: g++ 12 takes what comes from there for our own code, and warns of
# it.
set(common_headers <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <deque> <functional> <map> <memory>
    <mutex> <optional> <set> <span> <string> <string_view> <thread> <utility> <variant> <vector>
    <boost/unordered/unordered_flat_map.hpp> <boost/unordered/unordered_flat_set.hpp>)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/headers.cpp CONTENT "")
add_library(rollcall_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cpp)
target_link_libraries(rollcall_headers PRIVATE rollcall_flags)
target_precompile_headers(rollcall_headers PRIVATE ${common_headers})
if(ROLLCALL_TESTS)
  find_package(GTest REQUIRED)
  add_library(rollcall_test_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cpp)
  target_link_libraries(rollcall_test_headers PRIVATE rollcall_flags GTest::gmock GTest::gtest)
  target_precompile_headers(rollcall_test_headers PRIVATE ${common_headers} <gtest/gtest.h> <gmock/gmock.h>)
endif()

# rollcall_layer(NAME [PACKAGE protocol|server|gateway] [DEPENDS libs...] [TEST_DEPENDS libs...])
# Takes every *.cpp of the folder and of those in it; *_test.cpp become the program `<name>_tests`. PACKAGE: the installed library
# that the layer is a part of (RollcallPackage.cmake).
function(rollcall_layer name)
  cmake_parse_arguments(LAYER "" "PACKAGE" "DEPENDS;TEST_DEPENDS;EXCLUDE" ${ARGN})
  if(LAYER_PACKAGE)
    set_property(GLOBAL APPEND PROPERTY ROLLCALL_LAYERS_OF_${LAYER_PACKAGE} ${name})
    set_property(GLOBAL APPEND PROPERTY ROLLCALL_DEPENDS_OF_${LAYER_PACKAGE} ${LAYER_DEPENDS})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS *.cpp */*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  foreach(excluded ${LAYER_EXCLUDE})
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${excluded})
  endforeach()

  if(sources)
    add_library(rollcall_${name} STATIC ${sources})
    target_precompile_headers(rollcall_${name} REUSE_FROM rollcall_headers)
    target_link_libraries(rollcall_${name} PUBLIC rollcall_flags ${LAYER_DEPENDS})
  else()
    add_library(rollcall_${name} INTERFACE)
    target_link_libraries(rollcall_${name} INTERFACE rollcall_flags ${LAYER_DEPENDS})
  endif()

  if(ROLLCALL_TESTS AND tests)
    add_executable(${name}_tests ${tests})
    target_link_libraries(${name}_tests PRIVATE rollcall_${name} GTest::gmock GTest::gtest_main
                          ${LAYER_TEST_DEPENDS})
    target_precompile_headers(${name}_tests REUSE_FROM rollcall_test_headers)
    add_test(NAME ${name} COMMAND ${name}_tests --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
