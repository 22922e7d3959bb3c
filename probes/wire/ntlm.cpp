#include "probes/wire/ntlm.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/byte_writer.hpp"
#include "probes/wire/utf16.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 8> kSignature = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};  // MS-NLMP 2.2.1
constexpr std::uint32_t kNegotiate = 1;                                                     // MS-NLMP 2.2.1.1
constexpr std::uint32_t kChallenge = 2;                                                     // MS-NLMP 2.2.1.2
// What the NEGOTIATE asks for (MS-NLMP 2.2.2.5): Unicode, OEM, target name, signing, sealing, LM key, NTLM,
// always sign, extended session security, target info, version, 128 and 56 bit keys, key exchange.
constexpr std::uint32_t kNegotiateFlags = 0xE20882B7;
constexpr NtlmVersion kOurVersion = {10, 0, 17763};
constexpr std::uint8_t kRevision = 0x0F;  // NTLMSSP_REVISION_W2K3, MS-NLMP 2.2.2.10

// AvId, MS-NLMP 2.2.2.1.
constexpr std::uint16_t kAvEol = 0;
constexpr std::uint16_t kAvNbComputerName = 1;
constexpr std::uint16_t kAvNbDomainName = 2;
constexpr std::uint16_t kAvDnsComputerName = 3;
constexpr std::uint16_t kAvDnsDomainName = 4;
constexpr std::uint16_t kAvDnsTreeName = 5;
constexpr std::uint16_t kAvFlags = 6;
constexpr std::uint16_t kAvTimestamp = 7;

// A length, a second length that is of no use to a reader, and an offset from the message's start.
struct Field {
  std::size_t length = 0;
  std::size_t offset = 0;
};

Field read_field(ByteReader& reader) {
  Field field;
  field.length = reader.u16le();
  reader.u16le();
  field.offset = reader.u32le();
  return field;
}

// The bytes of a field; what is wrong with it goes to `error`. The offset of an empty field means nothing.
Bytes field_bytes(Bytes message, const Field& field, const char* name, std::string& error) {
  if (field.length == 0) return {};
  if (field.offset > message.size() || field.length > message.size() - field.offset) {
    error = std::string("NTLM CHALLENGE: ") + name + " of " + std::to_string(field.length) + " bytes at " +
            std::to_string(field.offset) + " does not fit a message of " + std::to_string(message.size()) +
            " bytes";
    return {};
  }
  return message.subspan(field.offset, field.length);
}

void read_name(Bytes value, const char* name, std::string& into, std::string& error) {
  if (value.size() % 2 != 0) {
    error = std::string("NTLM CHALLENGE: ") + name + " of " + std::to_string(value.size()) +
            " bytes is not UTF-16";
  } else if (value.size() / 2 > kMaxNtlmName) {
    error = std::string("NTLM CHALLENGE: ") + name + " of " + std::to_string(value.size() / 2) +
            " characters, at most 255 are allowed";
  } else {
    into = utf8_from_utf16le(value);
  }
}

// FILETIME (MS-DTYP 2.3.3): units of 100 ns since 1601-01-01.
std::optional<std::chrono::system_clock::time_point> from_filetime(std::uint64_t filetime) {
  using Units = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
  using Clock = std::chrono::system_clock;
  constexpr std::uint64_t kUnixEpoch = 116'444'736'000'000'000;
  constexpr auto kLast = static_cast<std::uint64_t>(
      std::chrono::duration_cast<Units>(Clock::duration(std::numeric_limits<Clock::rep>::max())).count());
  if (filetime < kUnixEpoch || filetime - kUnixEpoch > kLast) return std::nullopt;
  const Units since_epoch(static_cast<std::int64_t>(filetime - kUnixEpoch));
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(since_epoch));
}

void expect_length(Bytes value, std::size_t length, const char* name, std::string& error) {
  if (value.size() == length) return;
  error = std::string("NTLM CHALLENGE: ") + name + " of " + std::to_string(value.size()) + " bytes, not " +
          std::to_string(length);
}

void read_av_value(std::uint16_t id, Bytes value, NtlmChallenge& challenge, std::string& error) {
  ByteReader reader(value);
  switch (id) {
    case kAvNbComputerName:
      return read_name(value, "NbComputerName", challenge.netbios_computer, error);
    case kAvNbDomainName:
      return read_name(value, "NbDomainName", challenge.netbios_domain, error);
    case kAvDnsComputerName:
      return read_name(value, "DnsComputerName", challenge.dns_computer, error);
    case kAvDnsDomainName:
      return read_name(value, "DnsDomainName", challenge.dns_domain, error);
    case kAvDnsTreeName:
      return read_name(value, "DnsTreeName", challenge.dns_tree, error);
    case kAvFlags:
      expect_length(value, 4, "Flags", error);
      if (error.empty()) challenge.av_flags = reader.u32le();
      return;
    case kAvTimestamp: {
      expect_length(value, 8, "Timestamp", error);
      const std::uint64_t low = reader.u32le();
      const std::uint64_t high = reader.u32le();
      if (error.empty()) challenge.timestamp = from_filetime(high << 32 | low);
      return;
    }
    default:  // Kinds that say nothing of the host, and those of later versions.
      return;
  }
}

// TargetInfo: AV_PAIRs (MS-NLMP 2.2.2.1) up to MsvAvEOL, or to the field's end when a server leaves that out.
void read_av_pairs(Bytes bytes, NtlmChallenge& challenge, std::string& error) {
  ByteReader reader(bytes);
  for (std::size_t count = 0; reader.remaining() > 0 && error.empty(); ++count) {
    const std::uint16_t id = reader.u16le();
    const std::size_t length = reader.u16le();
    if (!reader.failed() && id == kAvEol) return;
    const Bytes value = reader.take(length);
    if (reader.failed()) {
      error = "NTLM CHALLENGE: an AV_PAIR reaches beyond TargetInfo";
    } else if (count == kMaxAvPairs) {
      error = "NTLM CHALLENGE: more than 64 AV_PAIRs";
    } else {
      read_av_value(id, value, challenge, error);
    }
  }
}

void read_target_name(Bytes value, NtlmChallenge& challenge, std::string& error) {
  if ((challenge.flags & ntlm_flag::kUnicode) != 0) {
    read_name(value, "TargetName", challenge.target_name, error);
  } else if (value.size() > kMaxNtlmName) {
    error = "NTLM CHALLENGE: TargetName of " + std::to_string(value.size()) +
            " characters, at most 255 are allowed";
  } else {
    challenge.target_name = utf8_from_oem(value);
  }
}

// Everything behind signature and type. Old servers end before TargetInfo or VERSION, so each is demanded
// only when the flags announce it.
DecodeResult<NtlmChallenge> decode_body(Bytes message, ByteReader reader) {
  NtlmChallenge challenge;
  const Field target_name = read_field(reader);
  challenge.flags = reader.u32le();
  reader.take(8);  // ServerChallenge: nobody answers it, but without it this is no CHALLENGE
  const bool has_server_challenge = !reader.failed();
  reader.take(8);  // reserved
  const Field target_info = read_field(reader);
  const bool has_target_info = !reader.failed();
  NtlmVersion version;
  version.major = reader.u8();
  version.minor = reader.u8();
  version.build = reader.u16le();
  reader.take(4);  // reserved, NTLMRevisionCurrent
  const bool has_version = !reader.failed();

  const bool announces_target_info = (challenge.flags & ntlm_flag::kTargetInfo) != 0;
  const bool announces_version = (challenge.flags & ntlm_flag::kVersion) != 0;
  if (!has_server_challenge || (announces_target_info && !has_target_info) ||
      (announces_version && !has_version)) {
    return Malformed{DecodeError::malformed,
                     "NTLM CHALLENGE of " + std::to_string(message.size()) + " bytes ends inside its header"};
  }
  if (announces_version) challenge.version = version;
  std::string error;
  const Bytes name_bytes = field_bytes(message, target_name, "TargetName", error);
  Bytes info_bytes;
  if (announces_target_info && error.empty())
    info_bytes = field_bytes(message, target_info, "TargetInfo", error);
  if (error.empty()) read_target_name(name_bytes, challenge, error);
  if (error.empty()) read_av_pairs(info_bytes, challenge, error);
  if (!error.empty()) return Malformed{DecodeError::malformed, error};
  return challenge;
}

}  // namespace

std::vector<std::uint8_t> encode_ntlm_negotiate() {
  constexpr std::array<std::uint8_t, 8> kEmptyField{};
  ByteWriter writer;
  writer.bytes(kSignature).u32le(kNegotiate).u32le(kNegotiateFlags);
  writer.bytes(kEmptyField).bytes(kEmptyField);  // DomainName, Workstation
  writer.u8(kOurVersion.major).u8(kOurVersion.minor).u16le(kOurVersion.build);
  writer.u8(0).u16le(0).u8(kRevision);
  return writer.take();
}

DecodeResult<NtlmChallenge> decode_ntlm_challenge(std::span<const std::uint8_t> token) {
  const auto found = std::search(token.begin(), token.end(), kSignature.begin(), kSignature.end());
  if (found == token.end()) return Malformed{DecodeError::foreign, "no NTLM message in the token"};
  const Bytes message = token.subspan(static_cast<std::size_t>(found - token.begin()));
  ByteReader reader(message);
  reader.take(kSignature.size());
  const std::uint32_t type = reader.u32le();
  if (reader.failed()) return Malformed{DecodeError::malformed, "NTLM message without a type"};
  if (type != kChallenge) {
    return Malformed{DecodeError::unexpected,
                     "NTLM message of type " + std::to_string(type) + " instead of a CHALLENGE"};
  }
  return decode_body(message, reader);
}

}  // namespace rdpwatch::wire
