// A negoToken of a hostile host. Whatever is in it, names come out bounded and as text that is safe to show.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "probes/wire/ntlm.hpp"

namespace {

// The length of the UTF-8 sequence at text[at]; 0 when it is not valid or a control character.
std::size_t sequence_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char first = byte(at);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t c = first & (0xFF >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
    c = c << 6 | (byte(at + i) & 0x3F);
  }
  const std::uint32_t least = length == 2 ? 0xA0 : length == 3 ? 0x800 : 0x10000;
  return c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : length;
}

void check_name(const std::string& name) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < name.size(); ++characters) {
    const std::size_t length = sequence_length(name, at);
    if (length == 0) std::abort();
    at += length;
  }
  if (characters > rdpwatch::wire::kMaxNtlmName) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = rdpwatch::wire::decode_ntlm_challenge(std::span(data, size));
  if (result.need_more() != nullptr) std::abort();
  if (result.malformed() != nullptr && result.malformed()->what.empty()) std::abort();
  if (!result.ok()) return 0;
  const auto& challenge = result.value();
  for (const std::string* name :
       {&challenge.target_name, &challenge.netbios_computer, &challenge.netbios_domain,
        &challenge.dns_computer, &challenge.dns_domain, &challenge.dns_tree}) {
    check_name(*name);
  }
  return 0;
}
