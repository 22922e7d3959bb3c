#pragma once
// MCS (ITU-T T.125) and GCC (T.124) from the host's side, as RDP uses them (MS-RDPBCGR 2.2.1.3 to 2.2.1.9).
// PDUs are read and made without the TPKT and X.224 headers around them, but for tpkt().

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// The longest TPKT that is read: GCC allows a client 4096 bytes of data.
inline constexpr std::size_t kMaxSessionTpkt = 8192;
/// MS-RDPBCGR 2.2.1.4.4: the I/O channel of every known server, and the number that user ids are counted
/// from.
inline constexpr std::uint16_t kIoChannel = 1003;
inline constexpr std::uint16_t kUserBase = 1001;

/// How long the TPKT is that starts the bytes; 0: not known yet. Nothing if none starts there, or one that is
/// too long.
std::optional<std::size_t> session_tpkt_size(std::span<const std::uint8_t> bytes);
/// What a whole TPKT carries in an X.224 Data TPDU. Nothing for another TPDU.
std::optional<std::span<const std::uint8_t>> tpdu_data(std::span<const std::uint8_t> tpkt);
/// An MCS PDU in X.224 Data in TPKT.
Bytes tpkt(const Bytes& pdu);

struct ConnectInitial {
  std::uint32_t selected_protocol =
      0;  ///< serverSelectedProtocol of CS_CORE; 0 when CS_CORE is too short for it
  std::uint32_t encryption_methods = 0;
  std::size_t channels = 0;  ///< static virtual channels
  bool takes_error_info = false;
};
/// Either what the client said or what is wrong with it.
struct ConnectInitialResult {
  ConnectInitial client;
  std::string error;  ///< empty: none
};
ConnectInitialResult decode_connect_initial(std::span<const std::uint8_t> pdu);

bool is_erect_domain(std::span<const std::uint8_t> pdu);
bool is_attach_user(std::span<const std::uint8_t> pdu);
bool is_ultimatum(std::span<const std::uint8_t> pdu);

struct ChannelJoin {
  std::uint16_t user = 0;
  std::uint16_t channel = 0;
};
std::optional<ChannelJoin> decode_channel_join(std::span<const std::uint8_t> pdu);

struct SendData {
  std::uint16_t user = 0;
  std::uint16_t channel = 0;
  Bytes data;
};
std::optional<SendData> decode_send_data(std::span<const std::uint8_t> pdu);

/// `security`: SC_SECURITY, whole. `requested`: of the client's RDP_NEG_REQ. A result other than 0 comes
/// without data.
Bytes connect_response(const SessionSpec& spec, std::uint32_t requested, std::size_t channels,
                       const Bytes& security);
/// With a result other than 0 no user is named, and no channel in the next.
Bytes attach_user_confirm(std::uint8_t result, std::uint16_t user);
Bytes channel_join_confirm(std::uint8_t result, std::uint16_t user, std::uint16_t channel);
/// On the I/O channel.
Bytes send_data_indication(const Bytes& data);
/// rn-provider-initiated.
Bytes disconnect_ultimatum();

}  // namespace rdpwatch::sim
