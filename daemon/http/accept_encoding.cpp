#include "daemon/http/accept_encoding.hpp"

#include <boost/beast/core/string.hpp>
#include <optional>

namespace rdpwatch::http {
namespace {

/// Takes the text before the next `separator` off the front, without the blanks around it.
std::string_view take_item(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  std::string_view item = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  const auto first = item.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return item.substr(first, item.find_last_not_of(" \t") - first + 1);
}

bool same(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

/// A weight is at most three decimals, so it is above 0 exactly when it has a digit that is.
bool is_weight_zero(std::string_view parameter) {
  return parameter.size() > 2 && same(parameter.substr(0, 2), "q=") &&
         parameter.find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> gzip;
  std::optional<bool> any;
  while (!accept_encoding.empty()) {
    std::string_view item = take_item(accept_encoding, ',');
    const std::string_view coding = take_item(item, ';');
    bool allowed = true;
    while (!item.empty()) {
      if (is_weight_zero(take_item(item, ';'))) allowed = false;
    }
    if (same(coding, "gzip") || same(coding, "x-gzip")) gzip = allowed;
    if (coding == "*") any = allowed;
  }
  return gzip.value_or(any.value_or(false));
}

}  // namespace rdpwatch::http
