#include "daemon/http/accept_encoding.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <optional>
#include <string>

namespace rdpwatch::http {
namespace {

namespace beast = boost::beast;

/// A weight is at most three decimals, so it is above 0 exactly when it has a digit that is.
bool is_positive(beast::string_view weight) {
  return weight.find_first_of("123456789") != beast::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> gzip;
  std::optional<bool> any;
  // ext_list wants a leading token and parameters behind semicolons, which is the form of this header too.
  for (const auto& coding :
       beast::http::ext_list(beast::string_view(accept_encoding.data(), accept_encoding.size()))) {
    bool allowed = true;
    for (const auto& parameter : coding.second) {
      if (beast::iequals(parameter.first, "q")) allowed = is_positive(parameter.second);
    }
    if (beast::iequals(coding.first, "gzip") || beast::iequals(coding.first, "x-gzip")) gzip = allowed;
    if (coding.first == "*") any = allowed;
  }
  return gzip.value_or(any.value_or(false));
}

}  // namespace rdpwatch::http
