#include "tests/sim/gcc.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/sim/bytes.hpp"

namespace rdpwatch::sim {

namespace {

using View = std::span<const std::uint8_t>;

// T.124 section 8.7: the object identifier 0.0.20.124.0.1 in front of everything.
constexpr std::array<std::uint8_t, 7> kKey{0x00, 0x05, 0x00, 0x14, 0x7C, 0x00, 0x01};
// ConferenceCreateRequest with the conference name "1" and one set of user data, up to its h221 key "Duca"
// (MS-RDPBCGR 4.1.3).
constexpr std::array<std::uint8_t, 12> kCreateRequest{0x00, 0x08, 0x00, 0x10, 0x00, 0x01,
                                                      0xC0, 0x00, 'D',  'u',  'c',  'a'};
// ConferenceCreateResponse, up to its h221 key "McDn". Windows puts 0x2A in front of it, whatever its length
// is (MS-RDPBCGR 4.1.4).
constexpr std::array<std::uint8_t, 14> kCreateResponse{0x2A, 0x14, 0x76, 0x0A, 0x01, 0x01, 0x00,
                                                       0x01, 0xC0, 0x00, 'M',  'c',  'D',  'n'};

// MS-RDPBCGR 2.2.1.3.1 and 2.2.1.4.1: types of data blocks.
constexpr std::uint16_t kClientCore = 0xC001;
constexpr std::uint16_t kClientSecurity = 0xC002;
constexpr std::uint16_t kClientNetwork = 0xC003;
constexpr std::uint16_t kServerCore = 0x0C01;
constexpr std::uint16_t kServerSecurity = 0x0C02;
constexpr std::uint16_t kServerNetwork = 0x0C03;
constexpr std::size_t kBlockHeader = 4;

// MS-RDPBCGR 2.2.1.3.2: offsets in CS_CORE, header included.
constexpr std::size_t kCoreMinimum = 132;
constexpr std::size_t kEarlyCapabilities = 144;
constexpr std::size_t kSelectedProtocol = 212;
constexpr std::uint16_t kTakesErrorInfo = 0x0001;
// MS-RDPBCGR 2.2.1.3.4.
constexpr std::size_t kMaxChannels = 31;
constexpr std::size_t kChannelSize = 12;

constexpr std::size_t kRandomSize = 32;
constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kPadding = 8;  // behind modulus and signature

bool starts_with(View bytes, View with) {
  return bytes.size() >= with.size() && std::equal(with.begin(), with.end(), bytes.begin());
}

Bytes noise(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 0x2545F491;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  bytes.back() |= 0x80U;  // the highest bit of a little-endian modulus
  return bytes;
}

std::string read_core(View block, ConnectInitial& client) {
  if (block.size() < kCoreMinimum) return "CS_CORE is too short";
  if (block.size() >= kEarlyCapabilities + 2)
    client.takes_error_info = (u16_le(block, kEarlyCapabilities) & kTakesErrorInfo) != 0;
  if (block.size() >= kSelectedProtocol + 4) client.selected_protocol = u32_le(block, kSelectedProtocol);
  return "";
}

std::string read_network(View block, ConnectInitial& client) {
  if (block.size() < kBlockHeader + 4) return "CS_NET is too short";
  client.channels = u32_le(block, kBlockHeader);
  if (client.channels > kMaxChannels || block.size() != kBlockHeader + 4 + client.channels * kChannelSize)
    return "CS_NET has another length than its channels";
  for (std::size_t i = 0; i < client.channels; ++i) {
    const View name = block.subspan(kBlockHeader + 4 + i * kChannelSize, 8);
    constexpr std::string_view kInternal = "MS_T120";
    // CVE-2019-0708: binding this channel corrupts the memory of old hosts.
    if (std::equal(kInternal.begin(), kInternal.end(), name.begin())) return "CS_NET asks for MS_T120";
  }
  return "";
}

/// Goes through the data blocks.
ConnectInitialResult read_blocks(View rest) {
  ConnectInitial client;
  bool core = false;
  bool security = false;
  std::string error;
  while (!rest.empty() && error.empty()) {
    if (rest.size() < kBlockHeader) return {{}, "a data block is too short"};
    const std::uint16_t type = u16_le(rest, 0);
    const std::size_t size = u16_le(rest, 2);
    if (size < kBlockHeader || size > rest.size()) return {{}, "a data block has a wrong length"};
    const View block = rest.first(size);
    rest = rest.subspan(size);
    if (type == kClientCore) {
      core = true;
      error = read_core(block, client);
    } else if (type == kClientSecurity) {
      security = true;
      if (size != kBlockHeader + 8) return {{}, "CS_SECURITY is not 12 bytes long"};
      client.encryption_methods = u32_le(block, kBlockHeader);
    } else if (type == kClientNetwork) {
      error = read_network(block, client);
    }
  }
  if (error.empty() && (!core || !security)) error = "CS_CORE or CS_SECURITY is missing";
  return {client, error};
}

Bytes block(std::uint16_t type, const Bytes& content) {
  Bytes bytes;
  append_u16_le(bytes, type);
  append_u16_le(bytes, kBlockHeader + content.size());
  append(bytes, content);
  return bytes;
}

Bytes server_core(const SessionSpec& spec, std::uint32_t requested) {
  Bytes content;
  append_u32_le(content, spec.rdp_version);
  if (!spec.omit_echo) append_u32_le(content, spec.echo_protocols.value_or(requested));
  return block(kServerCore, content);
}

Bytes server_network(std::size_t channels) {
  Bytes content;
  append_u16_le(content, kIoChannel);
  append_u16_le(content, channels);
  for (std::size_t i = 1; i <= channels; ++i) append_u16_le(content, kIoChannel + i);
  if (channels % 2 == 1) append_u16_le(content, 0);
  return block(kServerNetwork, content);
}

}  // namespace

Bytes per_length(std::size_t size) {
  if (size < 0x80) return {static_cast<std::uint8_t>(size)};
  return {static_cast<std::uint8_t>(0x80U | size >> 8U), static_cast<std::uint8_t>(size)};
}

View per_content(View bytes) {
  if (bytes.empty()) return {};
  std::size_t header = 1;
  std::size_t size = bytes[0];
  if (size >= 0x80) {
    // 0xC0 and above would be a fragment.
    if (size >= 0xC0 || bytes.size() < 2) return {};
    header = 2;
    size = (size & 0x3FU) << 8U | bytes[1];
  }
  return size == bytes.size() - header ? bytes.subspan(header) : View{};
}

ConnectInitialResult decode_conference_create(View user_data) {
  if (!starts_with(user_data, kKey)) return {{}, "no GCC ConferenceCreateRequest"};
  const View create = per_content(user_data.subspan(kKey.size()));
  if (!starts_with(create, kCreateRequest)) return {{}, "a malformed GCC ConferenceCreateRequest"};
  const View blocks = per_content(create.subspan(kCreateRequest.size()));
  if (blocks.empty()) return {{}, "the GCC user data has another length than it says"};
  return read_blocks(blocks);
}

Bytes conference_response(const SessionSpec& spec, std::uint32_t requested, std::size_t channels,
                          const Bytes& security) {
  Bytes blocks = server_core(spec, requested);
  append(blocks, server_network(channels));
  append(blocks, security);
  Bytes bytes(kKey.begin(), kKey.end());
  append(bytes, kCreateResponse);
  append(bytes, per_length(blocks.size()));
  append(bytes, blocks);
  return bytes;
}

Bytes no_security() {
  return block(kServerSecurity, Bytes(8, 0));
}

Bytes standard_security(const SessionSpec& spec) {
  Bytes content;
  append_u32_le(content, spec.encryption_method);
  append_u32_le(content, spec.encryption_level);
  if (spec.encryption_method != 0) {
    const Bytes certificate = proprietary_certificate(spec.rsa_key_bits);
    append_u32_le(content, kRandomSize);
    append_u32_le(content, static_cast<std::uint32_t>(certificate.size()));
    append(content, noise(kRandomSize));
    append(content, certificate);
  }
  return block(kServerSecurity, content);
}

Bytes proprietary_certificate(std::uint32_t key_bits) {
  const std::size_t modulus = key_bits / 8;
  Bytes key{'R', 'S', 'A', '1'};
  append_u32_le(key, static_cast<std::uint32_t>(modulus + kPadding));
  append_u32_le(key, key_bits);
  append_u32_le(key, static_cast<std::uint32_t>(modulus - 1));  // longest message
  append_u32_le(key, 0x10001);
  append(key, noise(modulus));
  append(key, Bytes(kPadding, 0));

  Bytes certificate;
  append_u32_le(certificate, 1);  // dwVersion: proprietary
  append_u32_le(certificate, 1);  // dwSigAlgId: RSA
  append_u32_le(certificate, 1);  // dwKeyAlgId: RSA
  append_u16_le(certificate, 6);  // wPublicKeyBlobType
  append_u16_le(certificate, key.size());
  append(certificate, key);
  append_u16_le(certificate, 8);  // wSignatureBlobType
  append_u16_le(certificate, kSignatureSize + kPadding);
  append(certificate, noise(kSignatureSize));
  append(certificate, Bytes(kPadding, 0));
  return certificate;
}

}  // namespace rdpwatch::sim
