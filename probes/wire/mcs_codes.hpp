#pragma once
// The numbers by which MCS PDUs are told apart (ITU-T T.125 section 7), for the requests and the answers.

#include <cstdint>

namespace rdpwatch::wire::mcs {

/// X.224 section 13.7: length indicator, DT, end of message. In front of every MCS PDU.
inline constexpr std::uint8_t kDataTpdu[] = {0x02, 0xF0, 0x80};

// Connect PDUs are BER with the tags [APPLICATION 101] and up: two bytes, of which the first is always the
// same. Behind it the second one and what follows has the shape of an element with a one-byte tag.
inline constexpr std::uint8_t kConnectTag = 0x7F;
inline constexpr std::uint8_t kConnectInitial = 0x65;
inline constexpr std::uint8_t kConnectResponse = 0x66;
inline constexpr std::uint8_t kConnectAdditional = 0x67;
inline constexpr std::uint8_t kConnectResult = 0x68;

// The choices of DomainMCSPDU: the upper six bits of a PDU's first byte.
inline constexpr std::uint8_t kErectDomainRequest = 1;
inline constexpr std::uint8_t kDisconnectProviderUltimatum = 8;
inline constexpr std::uint8_t kRejectMcsPduUltimatum = 9;
inline constexpr std::uint8_t kAttachUserRequest = 10;
inline constexpr std::uint8_t kAttachUserConfirm = 11;
inline constexpr std::uint8_t kDetachUserRequest = 12;
inline constexpr std::uint8_t kDetachUserIndication = 13;
inline constexpr std::uint8_t kChannelJoinRequest = 14;
inline constexpr std::uint8_t kChannelJoinConfirm = 15;
inline constexpr std::uint8_t kSendDataRequest = 25;
inline constexpr std::uint8_t kSendDataIndication = 26;

/// A UserId is written as its distance from the least one.
inline constexpr std::uint16_t kFirstUser = 1001;

}  // namespace rdpwatch::wire::mcs
