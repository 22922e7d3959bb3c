// A negoToken of a hostile host. Whatever is in it, names come out bounded and as text that is safe to show.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "probes/wire/ntlm.hpp"
#include "tests/fuzz/safe_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = rdpwatch::wire::decode_ntlm_challenge(std::span(data, size));
  if (result.need_more() != nullptr) std::abort();
  if (result.malformed() != nullptr && result.malformed()->what.empty()) std::abort();
  if (!result.ok()) return 0;
  const auto& challenge = result.value();
  for (const std::string* name :
       {&challenge.target_name, &challenge.netbios_computer, &challenge.netbios_domain,
        &challenge.dns_computer, &challenge.dns_domain, &challenge.dns_tree}) {
    rdpwatch::fuzz::check_text(*name, rdpwatch::wire::kMaxNtlmName);
  }
  return 0;
}
