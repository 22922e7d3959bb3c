#pragma once
// The Authorization header of Basic authentication (RFC 7617). Pure functions.

#include <optional>
#include <string>
#include <string_view>

namespace rdpwatch::http {

struct BasicCredentials {
  std::string user;
  std::string password;
};

/// Nothing for another scheme, for what is not base64, and for a text without a colon. The password may have
/// colons.
std::optional<BasicCredentials> basic_credentials(std::string_view authorization);

}  // namespace rdpwatch::http
