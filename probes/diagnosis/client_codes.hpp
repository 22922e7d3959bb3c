#pragma once
// The codes that Microsoft's Remote Desktop clients show ("Error code 0x904, extended error code 0x7"): what
// each means, what mostly causes it and how it is fixed. Thread-safe: constants and pure functions.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rdpwatch::diagnosis {

/// How well a meaning, or the link from an observation to a code, is established.
enum class Certainty : std::uint8_t { documented, several_reports, one_report };
/// "documented", "several reports", "one report or inference".
std::string_view describe(Certainty certainty);

struct ClientCode {
  std::uint32_t code;
  std::string_view phase;  ///< where the client was, in its own terms
  Certainty certainty;
  std::string_view meaning;
  std::string_view cause;
  std::string_view fix;  ///< empty: nothing to repair
};

/// One extended code, or a range of codes that mean the same to an administrator.
struct ExtendedCode {
  std::uint32_t first;
  std::uint32_t last;
  Certainty certainty;
  std::string_view meaning;
  std::string_view cause;
  std::string_view fix;  ///< empty: nothing to repair
};

/// Sorted by code.
std::span<const ClientCode> client_codes();
std::span<const ExtendedCode> extended_codes();

/// Null when the tables don't have it.
const ClientCode* find_client_code(std::uint32_t code);
const ExtendedCode* find_extended_code(std::uint32_t code);

/// What the code does not mean, in a sentence, where it is widely misread; else empty.
std::string_view client_code_beware(std::uint32_t code);
std::string_view extended_code_beware(std::uint32_t code);

/// What the lowest byte of a primary code tells even when the code itself is not in the table, for example
/// "TLS, CredSSP or authentication" for 0x..07; empty for a class that nobody described.
std::string_view code_class(std::uint32_t code);

/// "0x904".
std::string hex_label(std::uint32_t code);

/// A number as people write it: "0x904" (hexadecimal), "2308" (decimal). Nothing for any other text or for
/// more than 32 bits.
struct WrittenCode {
  std::uint32_t value = 0;
  /// The same digits read as hexadecimal, when the text was decimal: many write 904 and mean 0x904.
  std::optional<std::uint32_t> as_hex;
};
std::optional<WrittenCode> parse_code(std::string_view text);

}  // namespace rdpwatch::diagnosis
