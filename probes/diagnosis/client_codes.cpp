#include "probes/diagnosis/client_codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>

namespace rdpwatch::diagnosis {
namespace {

constexpr std::array kClientCodes{
#define RDPWATCH_CLIENT_CODE(code, phase, certainty, meaning, cause, fix) \
  ClientCode{code, phase, Certainty::certainty, meaning, cause, fix},
#include "probes/diagnosis/client_codes.def"
};

constexpr std::array kExtendedCodes{
#define RDPWATCH_EXTENDED_CODE(first, last, certainty, meaning, cause, fix) \
  ExtendedCode{first, last, Certainty::certainty, meaning, cause, fix},
#include "probes/diagnosis/client_codes.def"
};

struct Misread {
  std::uint32_t code;
  std::string_view beware;
};

constexpr std::array kMisreadCodes{
#define RDPWATCH_CLIENT_MISREAD(code, beware) Misread{code, beware},
#include "probes/diagnosis/client_codes.def"
};

constexpr std::array kMisreadExtended{
#define RDPWATCH_EXTENDED_MISREAD(code, beware) Misread{code, beware},
#include "probes/diagnosis/client_codes.def"
};

constexpr bool misread_codes_have_rows() {
  return std::ranges::all_of(kMisreadCodes,
                             [](const Misread& misread) {
                               return std::ranges::any_of(kClientCodes, [&misread](const ClientCode& row) {
                                 return row.code == misread.code;
                               });
                             }) &&
         std::ranges::all_of(kMisreadExtended, [](const Misread& misread) {
           return std::ranges::any_of(
               kExtendedCodes, [&misread](const ExtendedCode& row) { return row.first == misread.code; });
         });
}
static_assert(misread_codes_have_rows(), "client_codes.def: a misread code has no row");

std::string_view beware_of(std::uint32_t code, std::span<const Misread> rows) {
  for (const Misread& row : rows) {
    if (row.code == code) return row.beware;
  }
  return "";
}

constexpr bool sorted_and_disjoint() {
  for (std::size_t i = 1; i < kClientCodes.size(); ++i) {
    if (kClientCodes[i - 1].code >= kClientCodes[i].code) return false;
  }
  for (std::size_t i = 1; i < kExtendedCodes.size(); ++i) {
    if (kExtendedCodes[i - 1].last >= kExtendedCodes[i].first) return false;
  }
  return std::ranges::all_of(kExtendedCodes, [](const ExtendedCode& row) { return row.first <= row.last; });
}
static_assert(sorted_and_disjoint(), "client_codes.def: rows must be sorted by code, without overlap");

std::optional<std::uint32_t> parse_digits(std::string_view digits, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view describe(Certainty certainty) {
  switch (certainty) {
    case Certainty::documented:
      return "documented";
    case Certainty::several_reports:
      return "several reports";
    case Certainty::one_report:
      return "one report or inference";
  }
  return "";
}

std::span<const ClientCode> client_codes() {
  return kClientCodes;
}
std::span<const ExtendedCode> extended_codes() {
  return kExtendedCodes;
}

const ClientCode* find_client_code(std::uint32_t code) {
  const auto* const row = std::ranges::lower_bound(kClientCodes, code, {}, &ClientCode::code);
  return row != kClientCodes.end() && row->code == code ? row : nullptr;
}

const ExtendedCode* find_extended_code(std::uint32_t code) {
  const auto* const row = std::ranges::lower_bound(kExtendedCodes, code, {}, &ExtendedCode::last);
  return row != kExtendedCodes.end() && row->first <= code ? row : nullptr;
}

std::string_view client_code_beware(std::uint32_t code) {
  return beware_of(code, kMisreadCodes);
}
std::string_view extended_code_beware(std::uint32_t code) {
  return beware_of(code, kMisreadExtended);
}

std::string_view code_class(std::uint32_t code) {
  constexpr std::uint32_t kGateway = 0x3000000;
  if (code >= kGateway && code <= kGateway + 0xFFFF) return "Remote Desktop Gateway";
  if (code > 0xFFFF) return "";
  switch (code & 0xFF) {
    case 0x01:
    case 0x02:
    case 0x03:
      return "the end of a session";
    case 0x04:
      return "network";
    case 0x06:
      return "security and encryption of the RDP layer";
    case 0x07:
      return "TLS, CredSSP or authentication";
    case 0x08:
      return "timers, name resolution and licensing";
    case 0x09:
      return "authentication of the server";
    default:  // An integer, not an enum: other classes were never described.
      return "";
  }
}

std::string hex_label(std::uint32_t code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%X", static_cast<unsigned>(code));
  return text.data();
}

std::optional<WrittenCode> parse_code(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    const auto value = parse_digits(text.substr(2), 16);
    if (!value) return std::nullopt;
    return WrittenCode{*value, std::nullopt};
  }
  const auto value = parse_digits(text, 10);
  if (!value) return std::nullopt;
  return WrittenCode{*value, parse_digits(text, 16)};
}

}  // namespace rdpwatch::diagnosis
