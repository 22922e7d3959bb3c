#include "probes/wire/gcc.hpp"

#include <algorithm>
#include <array>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/named_number.hpp"
#include "probes/wire/per.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

// T.124 section 8.7: the key of the T.124 protocol, an object identifier in PER.
constexpr std::array<std::uint8_t, 7> kConnectData = {0x00, 0x05, 0x00, 0x14, 0x7C, 0x00, 0x01};
constexpr std::array<std::uint8_t, 4> kServerKey = {'M', 'c', 'D', 'n'};  // the H.221 key, MS-RDPBCGR 2.2.1.4
// What stands between the two: a length and ConferenceCreateResponse, 10 to 12 bytes (MS-RDPBCGR 4.1.4).
constexpr std::size_t kMaxCreateResponse = 32;

// Types of server data blocks, MS-RDPBCGR 2.2.1.4.1.
constexpr std::uint16_t kScCore = 0x0C01;
constexpr std::uint16_t kScSecurity = 0x0C02;
constexpr std::uint16_t kScNetwork = 0x0C03;
constexpr std::size_t kBlockHeader = 4;
constexpr std::size_t kMaxBlocks = 32;    // the specification knows five
constexpr std::size_t kMaxChannels = 31;  // MS-RDPBCGR 2.2.1.3.4, channelCount

Malformed malformed(const std::string& what) {
  return {DecodeError::malformed, "GCC response: " + what};
}

std::string text_of(std::size_t number) {
  return std::to_string(number);
}

// MS-RDPBCGR 2.2.1.4.2. Later versions may add fields behind these.
std::optional<ServerCore> read_core(Bytes body, std::string& error) {
  ByteReader reader(body);
  ServerCore core;
  core.version = reader.u32le();
  if (reader.remaining() > 0) core.client_requested_protocols = reader.u32le();
  if (reader.remaining() > 0) core.early_capability_flags = reader.u32le();
  if (!reader.failed()) return core;
  error = "SC_CORE of " + text_of(kBlockHeader + body.size()) + " bytes ends inside a field";
  return std::nullopt;
}

// MS-RDPBCGR 2.2.1.4.3. Random and certificate are left out when nothing is encrypted.
std::optional<ServerSecurity> read_security(Bytes body, std::string& error) {
  ByteReader reader(body);
  ServerSecurity security;
  security.encryption_method = reader.u32le();
  security.encryption_level = reader.u32le();
  std::size_t random_length = 0;
  std::size_t certificate_length = 0;
  if (reader.remaining() > 0) {
    random_length = reader.u32le();
    certificate_length = reader.u32le();
  }
  if (reader.failed()) {
    error = "SC_SECURITY of " + text_of(kBlockHeader + body.size()) + " bytes ends inside a field";
    return std::nullopt;
  }
  reader.take(random_length);
  const Bytes certificate = reader.take(certificate_length);
  if (reader.failed()) {
    error = "SC_SECURITY of " + text_of(kBlockHeader + body.size()) + " bytes with a random of " +
            text_of(random_length) + " and a certificate of " + text_of(certificate_length);
    return std::nullopt;
  }
  if (certificate.empty()) return security;
  const auto decoded = decode_server_certificate(certificate);
  if (decoded.malformed() != nullptr) {
    error = decoded.malformed()->what;
    return std::nullopt;
  }
  security.certificate = decoded.value();
  return security;
}

// MS-RDPBCGR 2.2.1.4.4.
std::optional<ServerNetwork> read_network(Bytes body, std::string& error) {
  ByteReader reader(body);
  ServerNetwork network;
  network.io_channel = reader.u16le();
  const std::size_t count = reader.u16le();
  if (!reader.failed() && count > kMaxChannels) {
    error = "SC_NET with " + text_of(count) + " channels, at most 31 are allowed";
    return std::nullopt;
  }
  for (std::size_t i = 0; i < count; ++i) network.channels.push_back(reader.u16le());
  if (!reader.failed()) return network;
  error = "SC_NET of " + text_of(kBlockHeader + body.size()) + " bytes with " + text_of(count) + " channels";
  return std::nullopt;
}

struct Blocks {
  std::optional<ServerCore> core;
  std::optional<ServerSecurity> security;
  std::optional<ServerNetwork> network;
};

Blocks read_blocks(Bytes bytes, std::string& error) {
  Blocks blocks;
  ByteReader reader(bytes);
  for (std::size_t count = 0; reader.remaining() > 0 && error.empty(); ++count) {
    const std::uint16_t type = reader.u16le();
    const std::size_t length = reader.u16le();
    if (reader.failed()) {
      error = "ends inside a block's header";
    } else if (length < kBlockHeader || length - kBlockHeader > reader.remaining()) {
      error = "block " + hex_text(type, 4) + " of length " + text_of(length) + ", 4 to " +
              text_of(kBlockHeader + reader.remaining()) + " are possible";
    } else if (count == kMaxBlocks) {
      error = "more than 32 blocks";
    }
    if (!error.empty()) break;
    const Bytes body = reader.take(length - kBlockHeader);
    if (type == kScCore) blocks.core = read_core(body, error);
    if (type == kScSecurity) blocks.security = read_security(body, error);
    if (type == kScNetwork) blocks.network = read_network(body, error);
  }
  return blocks;
}

// The server data blocks: what stands behind "McDn" and a length. The length in front of
// ConferenceCreateResponse is wrong in most servers' answers and is passed over, with the fields that nobody
// needs.
std::optional<Bytes> find_blocks(Bytes user_data, std::string& error) {
  if (user_data.size() < kConnectData.size() ||
      !std::equal(kConnectData.begin(), kConnectData.end(), user_data.begin())) {
    error = "does not start with the key of T.124";
    return std::nullopt;
  }
  const Bytes rest = user_data.subspan(kConnectData.size());
  const Bytes head = rest.first(std::min(rest.size(), kMaxCreateResponse));
  const auto key = std::search(head.begin(), head.end(), kServerKey.begin(), kServerKey.end());
  if (key == head.end()) {
    error = "without the key McDn";
    return std::nullopt;
  }
  ByteReader reader(rest);
  reader.take(static_cast<std::size_t>(key - head.begin()) + kServerKey.size());
  const auto length = read_per_length(reader);
  if (!length) {
    error = "the length of its blocks is cut off or in fragments";
  } else if (*length > reader.remaining()) {
    error = "blocks of " + text_of(*length) + " bytes, only " + text_of(reader.remaining()) + " follow";
  }
  if (!error.empty()) return std::nullopt;
  return reader.take(*length);
}

}  // namespace

DecodeResult<ServerData> decode_conference_create_response(Bytes user_data) {
  std::string error;
  const auto bytes = find_blocks(user_data, error);
  if (!bytes) return malformed(error);
  const Blocks blocks = read_blocks(*bytes, error);
  if (!error.empty()) return malformed(error);
  if (!blocks.core) return malformed("without SC_CORE");
  if (!blocks.security) return malformed("without SC_SECURITY");
  return ServerData{*blocks.core, *blocks.security, blocks.network};
}

std::string describe_rdp_version(std::uint32_t version) {
  // MS-RDPBCGR 2.2.1.4.2: from 10.0 on the last part counts up with each version.
  constexpr std::uint32_t k4 = 0x00080001;
  constexpr std::uint32_t k5 = 0x00080004;
  constexpr std::uint32_t k10 = 0x00080005;
  constexpr std::uint32_t k10Last = 0x00080011;
  if (version == k4) return "4.0";
  if (version == k5) return "5.0 to 8.1";
  if (version >= k10 && version <= k10Last) return "10." + std::to_string(version - k10);
  return hex_text(version, 8);
}

std::string describe_encryption_method(std::uint32_t method) {
  constexpr NamedNumber kMethods[] = {{0, "none"},
                                      {encryption_method::k40Bit, "40-bit RC4"},
                                      {encryption_method::k128Bit, "128-bit RC4"},
                                      {encryption_method::k56Bit, "56-bit RC4"},
                                      {encryption_method::kFips, "FIPS"}};
  const std::string_view name = find_name(kMethods, method);
  return name.empty() ? hex_text(method) : std::string(name);
}

std::string describe_encryption_level(std::uint32_t level) {
  constexpr NamedNumber kLevels[] = {
      {0, "none"}, {1, "low"}, {2, "client_compatible"}, {3, "high"}, {4, "fips"}};  // MS-RDPBCGR 2.2.1.4.3
  const std::string_view name = find_name(kLevels, level);
  return name.empty() ? std::to_string(level) : std::string(name);
}

}  // namespace rdpwatch::wire
