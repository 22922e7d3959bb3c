#include "daemon/http/authority.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>

#include "daemon/http/input_text.hpp"

namespace rdpwatch::http {
namespace {

constexpr std::size_t kLongestName = 253;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kLongestName || !is_letter_or_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_path_character(char c) {
  return is_letter_or_digit(c) || std::string_view("/-._~").find(c) != std::string_view::npos;
}

}  // namespace

bool is_authority(std::string_view text) {
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    boost::system::error_code error;
    const std::string literal(text.substr(1, end - 1));
    if (literal.find('%') != std::string::npos) return false;
    boost::asio::ip::make_address_v6(literal, error);
    if (error) return false;
    rest = text.substr(end + 1);
  } else {
    host = text.substr(0, text.find(':'));
    rest = text.substr(host.size());
    if (!is_name(host)) return false;
  }
  return rest.empty() || (rest.starts_with(':') && whole_number(rest.substr(1), 1, 65535).has_value());
}

std::optional<WebUrl> parse_web_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  WebUrl url;
  url.scheme = text.substr(0, colon);
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  text.remove_prefix(colon + 3);
  const auto slash = std::min(text.find('/'), text.size());
  url.authority = text.substr(0, slash);
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  const bool path_is_plain = std::all_of(url.path.begin(), url.path.end(), is_path_character);
  if (!is_authority(url.authority) || !path_is_plain) return std::nullopt;
  return url;
}

}  // namespace rdpwatch::http
