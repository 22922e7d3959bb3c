// What a hostile host sends on the I/O channel. What it is must follow from the bytes that say so.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "probes/wire/server_message.hpp"
#include "tests/fuzz/safe_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdpwatch::wire;
  const auto result = decode_server_message(std::span(data, size));
  if (result.need_more() != nullptr) std::abort();
  if (result.malformed() != nullptr && result.malformed()->what.empty()) std::abort();
  if (!result.ok()) return 0;
  const std::size_t first = static_cast<std::size_t>(data[0] | data[1] << 8);
  if (const auto* info = std::get_if<SetErrorInfo>(&result.value())) {
    if (first != size || data[2] != 0x17 || data[14] != 0x2F) std::abort();
    if (describe_error_info(info->code).empty()) std::abort();
  }
  if (std::holds_alternative<DemandActive>(result.value()) && (first != size || data[2] != 0x11))
    std::abort();
  if (std::holds_alternative<LicenseMessage>(result.value()) && (first & 0x88) != 0x80) std::abort();
  if (const auto* other = std::get_if<OtherServerMessage>(&result.value())) {
    if (other->what.empty()) std::abort();
    rdpwatch::fuzz::check_text(other->what, 100);
  }
  return 0;
}
