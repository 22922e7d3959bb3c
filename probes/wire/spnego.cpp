#include "probes/wire/spnego.hpp"

#include <string>

#include "probes/wire/der_reader.hpp"

namespace rdpwatch::wire {
namespace {

constexpr std::uint8_t kEnumerated = 0x0A;  // X.690 section 8.4
constexpr unsigned kNegTokenResp = 1;       // RFC 4178 section 4.2, NegotiationToken
constexpr unsigned kNegState = 0;           // RFC 4178 section 4.2.2
constexpr std::uint8_t kReject = 2;         // RFC 4178 section 4.2.2

}  // namespace

bool spnego_rejects(std::span<const std::uint8_t> token) {
  std::string error;
  DerReader reader(token, error);
  const auto state = reader.enter(der::context(kNegTokenResp))
                         .enter(der::kSequence)
                         .enter(der::context(kNegState))
                         .contents(kEnumerated);
  return error.empty() && state.size() == 1 && state[0] == kReject;
}

}  // namespace rdpwatch::wire
