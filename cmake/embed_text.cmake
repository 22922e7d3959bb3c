# cmake -D INPUT=file -D OUTPUT=file.cpp -D NAME=variable -D NAMESPACE=a::b -P embed_text.cmake
# Writes a C++ source that holds a text file as a std::string_view. Each line is a literal of its own, which keeps
# every literal short; the compiler joins them.
file(READ "${INPUT}" text)
string(FIND "${text}" ")text\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${INPUT}: has the end mark of a raw string literal")
endif()
string(REPLACE "\n" "\n)text\"\nR\"text(" text "${text}")
get_filename_component(source "${INPUT}" NAME)
file(WRITE "${OUTPUT}" "// Generated from ${source}; edit that file instead.
#include <string_view>

namespace ${NAMESPACE} {
extern const std::string_view ${NAME};
const std::string_view ${NAME} = R\"text(${text})text\";
}  // namespace ${NAMESPACE}
")
