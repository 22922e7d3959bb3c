#pragma once
// MCS (ITU-T T.125) as RDP uses it, each PDU in an X.224 Data TPDU in a TPKT (MS-RDPBCGR 2.2.1.3 to 2.2.1.9).
// Encoders give a whole TPKT, the decoder takes one as frame_tpkt delimited it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

/// Longest TPKT that is read from MCS on. A Connect-Response with an X.509 chain is the longest that a
/// healthy server sends: some kilobytes.
inline constexpr std::size_t kMaxMcsPdu = 32'768;
/// The I/O channel of every known server (MS-RDPBCGR 2.2.1.4.4).
inline constexpr std::uint16_t kIoChannel = 1003;
/// Result of a successful Connect-Response, AttachUserConfirm and ChannelJoinConfirm (T.125 section 7,
/// Result).
inline constexpr std::uint32_t kMcsSuccessful = 0;

/// Connect-Initial (MS-RDPBCGR 2.2.1.3) around a GCC ConferenceCreateRequest of at most 4096 bytes.
std::vector<std::uint8_t> encode_connect_initial(std::span<const std::uint8_t> conference_create_request);
std::vector<std::uint8_t> encode_erect_domain_request();
std::vector<std::uint8_t> encode_attach_user_request();
/// `user` is at least 1001.
std::vector<std::uint8_t> encode_channel_join_request(std::uint16_t user, std::uint16_t channel);
/// `data` is at most 16383 bytes.
std::vector<std::uint8_t> encode_send_data_request(std::uint16_t user, std::uint16_t channel,
                                                   std::span<const std::uint8_t> data);
/// With the reason rn-user-requested (MS-RDPBCGR 1.3.1.4.1): how a client says goodbye.
std::vector<std::uint8_t> encode_disconnect_provider_ultimatum();

struct ConnectResponse {
  std::uint32_t result = 0;
  std::vector<std::uint8_t> user_data;  ///< a GCC ConferenceCreateResponse
};
struct AttachUserConfirm {
  std::uint32_t result = 0;
  std::uint16_t user = 0;  ///< 0 when the server named none, as it does with a result other than successful
};
struct ChannelJoinConfirm {
  std::uint32_t result = 0;
  std::uint16_t user = 0;
  std::uint16_t requested = 0;
  std::uint16_t channel = 0;  ///< 0 when the server named none
};
struct SendDataIndication {
  std::uint16_t initiator = 0;
  std::uint16_t channel = 0;
  std::vector<std::uint8_t> data;
};
struct DisconnectProviderUltimatum {
  std::uint32_t reason = 0;
};

using McsPdu = std::variant<ConnectResponse, AttachUserConfirm, ChannelJoinConfirm, SendDataIndication,
                            DisconnectProviderUltimatum>;

/// Decodes one whole TPKT; never asks for more. `unexpected`, with the PDU's name, for any other MCS PDU and
/// any other TPDU.
DecodeResult<McsPdu> decode_mcs_pdu(std::span<const std::uint8_t> tpkt);

/// For people: "rt-unspecified-failure (14)", the result of T.125 section 7; the number alone when it has no
/// name.
std::string describe_mcs_result(std::uint32_t result);
/// For people: "rn-user-requested (3)", the reason of T.125 section 7; the number alone when it has no name.
std::string describe_mcs_reason(std::uint32_t reason);

}  // namespace rdpwatch::wire
