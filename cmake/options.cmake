# What every target of this project is compiled with: warnings, sanitizers and the include root.

add_library(rdpwatch_options INTERFACE)
target_include_directories(rdpwatch_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(rdpwatch_options INTERFACE -Wall -Wextra -Werror=switch -Werror=return-type)
target_compile_definitions(rdpwatch_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_REGEX)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12 with optimisation: Asio's allocator of coroutine frames taken for a mismatch (ASan sees
  # none), and "text" + std::string taken for overlapping copies (its bug 105651).
  target_compile_options(rdpwatch_options INTERFACE -Wno-mismatched-new-delete -Wno-restrict)
endif()
if(RDPWATCH_SANITIZE)
  target_compile_options(rdpwatch_options INTERFACE -fsanitize=${RDPWATCH_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  # A sanitized program describes each of its globals in relocations. At a fixed address the linker settles them once
  # instead of each start of each test program anew, a third of what such a start costs.
  target_link_options(rdpwatch_options INTERFACE -fsanitize=${RDPWATCH_SANITIZE} -no-pie)
endif()
if(RDPWATCH_BUILD_FUZZERS)
  # libFuzzer must see the branches of the rooms themselves; without this it only mutates blindly.
  target_compile_options(rdpwatch_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The sources of Asio, Beast and JSON, compiled once for all rooms.
add_library(rdpwatch_boost STATIC ${PROJECT_SOURCE_DIR}/cmake/boost_sources.cpp)
target_link_libraries(rdpwatch_boost PUBLIC rdpwatch_options Boost::headers Threads::Threads)

# rdpwatch_room(NAME DEPENDS...) makes one static library of all the .cpp files in the current folder: a new file
# belongs to its room by lying there.
function(rdpwatch_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC rdpwatch_options ${ROOM_DEPENDS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE rdpwatch_options ${ROOM_DEPENDS})
  endif()
endfunction()

# rdpwatch_unit_tests(unit_ROOM DEPENDS...) makes one test program of all the *_test.cpp files in the current folder and
# registers it with ctest as unit.ROOM; the start of a sanitized program for each of its tests took longer than all the tests.
# Parsing the headers of Boost and GoogleTest and instrumenting the tests'
# bodies is most of what a whole build costs, so several files are compiled as one (their anonymous namespaces are one,
# too) and a debug build does not optimise them; the sanitizers are those of everything else.
function(rdpwatch_unit_tests name)
  cmake_parse_arguments(UNIT "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE rdpwatch_options ${UNIT_DEPENDS} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name} PRIVATE RDPWATCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_compile_options(${name} PRIVATE $<$<CONFIG:Debug>:-O0>)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    string(REPLACE "unit_" "unit." test ${name})
    add_test(NAME ${test} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${test} PROPERTIES TIMEOUT 300 LABELS unit)
  endif()
endfunction()
