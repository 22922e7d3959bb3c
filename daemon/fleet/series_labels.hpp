#pragma once
// The labels that every series of an endpoint carries, rendered once when the endpoint is added instead of at
// each scrape. Thread-safe: pure functions.

#include <string>
#include <string_view>

#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::fleet {

/// Bytes that a label value keeps (before escaping); more is cut off at a character's boundary. A host name
/// of the longest kind with its port fits.
inline constexpr std::size_t kMaxLabelValue = 512;

/// Appends `text` as valid, printable UTF-8 of at most `max_bytes` bytes: a byte that is no part of a valid
/// sequence, and every control character but the newline, becomes U+FFFD.
void append_clean_utf8(std::string& out, std::string_view text, std::size_t max_bytes);

/// Appends name="value" with the value cleaned, bounded and escaped as the text format 0.0.4 asks.
void append_label(std::string& out, std::string_view name, std::string_view value);

/// For example target="ts01:3389",group="a",address="10.0.0.9",site="fra1"; `address` only when it is not
/// empty.
std::string series_labels(const inventory::Target& target, std::string_view address);

}  // namespace rdpwatch::fleet
