// What a hostile host sends from MCS on: framing, then the PDU. Whatever is in it, a decoder keeps to what is
// there.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "probes/wire/mcs.hpp"
#include "probes/wire/tpkt.hpp"

using namespace rdpwatch::wire;

namespace {

void check(const McsPdu& pdu, std::size_t size) {
  if (const auto* response = std::get_if<ConnectResponse>(&pdu)) {
    if (response->user_data.size() > size) std::abort();
    if (describe_mcs_result(response->result).empty()) std::abort();
  }
  if (const auto* confirm = std::get_if<AttachUserConfirm>(&pdu)) {
    if (confirm->result > 0xFF || (confirm->user != 0 && confirm->user < 1001)) std::abort();
  }
  if (const auto* confirm = std::get_if<ChannelJoinConfirm>(&pdu)) {
    if (confirm->result > 0xFF || confirm->user < 1001) std::abort();
  }
  if (const auto* indication = std::get_if<SendDataIndication>(&pdu)) {
    if (indication->data.size() > size || indication->data.size() > 0x3FFF) std::abort();
  }
  if (const auto* ultimatum = std::get_if<DisconnectProviderUltimatum>(&pdu)) {
    if (ultimatum->reason > 7 || describe_mcs_reason(ultimatum->reason).empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  const auto framed = frame_tpkt(bytes, kMaxMcsPdu);
  if (framed.ok() && framed.value() > size) std::abort();
  const auto result = decode_mcs_pdu(framed.ok() ? bytes.first(framed.value()) : bytes);
  if (result.need_more() != nullptr) std::abort();
  if (result.malformed() != nullptr && result.malformed()->what.empty()) std::abort();
  if (result.ok()) check(result.value(), size);
  // What a probe sends itself is whole, and known for what it is when it comes back.
  if (size <= 256) {
    const auto ours = encode_send_data_request(1001, kIoChannel, bytes);
    if (!frame_tpkt(ours, kMaxMcsPdu).ok()) std::abort();
    if (decode_mcs_pdu(ours).malformed()->error != DecodeError::unexpected) std::abort();
    if (!frame_tpkt(encode_connect_initial(bytes), kMaxMcsPdu).ok()) std::abort();
  }
  return 0;
}
