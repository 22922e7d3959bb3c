#pragma once
// The query of a URL as names and values. Thread-safe: a pure function.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::http {

struct QueryParameter {
  std::string name;
  std::string value;  ///< empty also where there is no equals sign
};

/// "q=0x904+0x7&label.site=fra1" decoded: percent-encoding is taken away, and a plus sign stands for a blank,
/// as forms write it. In the order in which they were sent, repeated ones too. Nothing when a character that
/// must be percent-encoded is not, or when an encoding is broken. The server bounds the length.
std::optional<std::vector<QueryParameter>> parse_query(std::string_view query);

/// The values of that name, in their order.
std::vector<std::string> values_of(const std::vector<QueryParameter>& query, std::string_view name);

/// The first of them; "" for none.
std::string value_of(const std::vector<QueryParameter>& query, std::string_view name);

/// What to say of a query that is none.
inline constexpr const char* kBadQuery =
    "the query is not well-formed: a character that needs it is not percent-encoded, or its encoding is "
    "broken";

}  // namespace rdpwatch::http
