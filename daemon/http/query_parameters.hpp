#pragma once
// The parameters of a request's query string. Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rdpwatch::http {

class QueryParameters {
 public:
  /// "a=1&b=two+words%21": percent-decoded, + is a space, a name without = has an empty value. Nothing, and
  /// in `fault` what is wrong, when a % is not followed by two hexadecimal digits. The server bounds its
  /// length.
  static std::optional<QueryParameters> parse(std::string_view query, std::string& fault);

  /// The first value of that name.
  std::optional<std::string> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

/// Decimal digits alone, from `least` to `most`.
std::optional<std::uint32_t> whole_number(std::string_view text, std::uint32_t least, std::uint32_t most);

/// What a client sent, for an answer to it: cut to 80 bytes, what is not printable ASCII as \xNN, in quotes.
std::string quote_input(std::string_view text);

}  // namespace rdpwatch::http
