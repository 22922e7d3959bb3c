#include "daemon/report/text_style.hpp"

namespace rdpwatch::report {
namespace {

// Select Graphic Rendition parameters (ECMA-48 8.3.117).
std::string_view parameters(Colour colour) {
  switch (colour) {
    case Colour::red:
      return "1;31";
    case Colour::yellow:
      return "33";
    case Colour::green:
      return "32";
    case Colour::blue:
      return "34";
    case Colour::grey:
      return "2";
    case Colour::bold:
      return "1";
  }
  return "0";
}

}  // namespace

std::string paint(const TextStyle& style, Colour colour, std::string_view text) {
  if (!style.colour || text.empty()) return std::string(text);
  return "\x1b[" + std::string(parameters(colour)) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace rdpwatch::report
