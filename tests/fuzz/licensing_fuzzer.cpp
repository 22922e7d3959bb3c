// A licensing message of a hostile host. Whatever is in it, texts come out bounded and safe to show.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "probes/wire/licensing.hpp"
#include "tests/fuzz/safe_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdpwatch::wire;
  constexpr std::size_t kMaxText = 512;
  const auto result = decode_license_message(std::span(data, size));
  if (result.need_more() != nullptr) std::abort();
  if (result.malformed() != nullptr && result.malformed()->what.empty()) std::abort();
  if (!result.ok()) return 0;
  if (const auto* request = std::get_if<LicenseRequest>(&result.value())) {
    if (data[0] != 0x01 || request->scopes.size() > kMaxLicenseScopes) std::abort();
    rdpwatch::fuzz::check_text(request->company, kMaxText);
    rdpwatch::fuzz::check_text(request->product_id, kMaxText);
    for (const auto& scope : request->scopes) rdpwatch::fuzz::check_text(scope, kMaxText);
  }
  if (const auto* alert = std::get_if<LicenseAlert>(&result.value())) {
    if (data[0] != 0xFF || describe_license_error(alert->code).empty()) std::abort();
  }
  if (const auto* other = std::get_if<OtherLicenseMessage>(&result.value())) {
    if (other->type != data[0] || describe_license_message_type(other->type).empty()) std::abort();
  }
  return 0;
}
