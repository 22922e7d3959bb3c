#include "tests/sim/x224.hpp"

#include <algorithm>
#include <string_view>

#include "tests/sim/bytes.hpp"

namespace rdpwatch::sim {

namespace {

// MS-RDPBCGR 2.2.1.1: TPKT header, LI, code, DST-REF, SRC-REF, class.
constexpr std::size_t kRequestHeaderSize = 11;
constexpr std::uint8_t kConnectionRequest = 0xE0;
constexpr std::uint8_t kConnectionConfirm = 0xD0;
// MS-RDPBCGR 2.2.1.1.1, 2.2.1.2.1, 2.2.1.2.2.
constexpr std::uint8_t kTypeRequest = 0x01;
constexpr std::uint8_t kTypeResponse = 0x02;
constexpr std::uint8_t kTypeFailure = 0x03;
constexpr std::size_t kNegotiationSize = 8;

Bytes confirm(std::uint16_t source_reference, const Bytes& negotiation_data) {
  const auto size = static_cast<std::uint8_t>(kRequestHeaderSize + negotiation_data.size());
  Bytes bytes{0x03, 0x00, 0x00, size, static_cast<std::uint8_t>(size - 5), kConnectionConfirm, 0x00, 0x00};
  bytes.push_back(static_cast<std::uint8_t>(source_reference >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(source_reference));
  bytes.push_back(0x00);
  bytes.insert(bytes.end(), negotiation_data.begin(), negotiation_data.end());
  return bytes;
}

Bytes negotiation_data(std::uint8_t type, std::uint8_t flags, std::uint32_t value) {
  Bytes bytes{type, flags, kNegotiationSize, 0x00};
  append_u32_le(bytes, value);
  return bytes;
}

bool applies(const NegotiationFailure& failure, std::uint32_t requested) {
  return std::none_of(failure.unless.begin(), failure.unless.end(), [requested](std::uint32_t protocol) {
    return protocol == kProtocolRdp ? requested == 0 : (requested & protocol) != 0;
  });
}

std::uint32_t strongest(std::uint32_t requested) {
  for (const std::uint32_t protocol : {kProtocolHybridEx, kProtocolHybrid, kProtocolSsl}) {
    if ((requested & protocol) != 0) return protocol;
  }
  return kProtocolRdp;
}

}  // namespace

std::optional<std::size_t> request_size(std::span<const std::uint8_t> header) {
  if (header.size() != kTpktHeaderSize || header[0] != 0x03) return std::nullopt;
  const std::size_t size = std::size_t{header[2]} * 256 + header[3];
  if (size < kRequestHeaderSize || size > kMaxRequestSize) return std::nullopt;
  return size;
}

std::optional<ConnectionRequest> decode_request(std::span<const std::uint8_t> tpkt) {
  if (tpkt.size() < kRequestHeaderSize || request_size(tpkt.first(kTpktHeaderSize)) != tpkt.size())
    return std::nullopt;
  if (tpkt[4] != tpkt.size() - 5 || tpkt[5] != kConnectionRequest || tpkt[10] != 0) return std::nullopt;

  ConnectionRequest request;
  std::span<const std::uint8_t> rest = tpkt.subspan(kRequestHeaderSize);
  const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
  if (const std::size_t end = text.find("\r\n"); end != std::string_view::npos && text[0] != kTypeRequest) {
    constexpr std::string_view kPrefix = "Cookie: mstshash=";
    const std::string_view line = text.substr(0, end);
    request.cookie = line.starts_with(kPrefix) ? line.substr(kPrefix.size()) : line;
    rest = rest.subspan(end + 2);
  }
  if (rest.empty()) return request;
  if (rest.size() < kNegotiationSize || rest[0] != kTypeRequest || rest[2] != kNegotiationSize ||
      rest[3] != 0)
    return std::nullopt;
  request.requested_protocols = std::uint32_t{rest[4]} | std::uint32_t{rest[5]} << 8U |
                                std::uint32_t{rest[6]} << 16U | std::uint32_t{rest[7]} << 24U;
  return request;
}

bool drops(const Negotiation& negotiation, const ConnectionRequest& request) {
  if (!request.requested_protocols) return false;
  const std::uint32_t requested = *request.requested_protocols;
  if (negotiation.drop_above && requested > *negotiation.drop_above) return true;
  return std::find(negotiation.drop.begin(), negotiation.drop.end(), requested) != negotiation.drop.end();
}

Answer answer(const Negotiation& negotiation, const ConnectionRequest& request) {
  // MS-RDPBCGR 2.2.1.2: negotiation data only for a client that sent its own.
  if (!request.requested_protocols || negotiation.omit_data)
    return {confirm(negotiation.source_reference, {}), false, 0};
  const std::uint32_t requested = *request.requested_protocols;
  for (const NegotiationFailure& failure : negotiation.failures) {
    if (!applies(failure, requested)) continue;
    return {confirm(negotiation.source_reference, negotiation_data(kTypeFailure, 0, failure.code)), true, 0};
  }
  const std::uint32_t selected = negotiation.select.value_or(strongest(requested));
  return {confirm(negotiation.source_reference, negotiation_data(kTypeResponse, negotiation.flags, selected)),
          false, selected};
}

}  // namespace rdpwatch::sim
