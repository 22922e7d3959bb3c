#include "probes/wire/byte_writer.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/per.hpp"

namespace rdpwatch::wire {
namespace {

// Types of client data blocks, MS-RDPBCGR 2.2.1.3.1.
constexpr std::uint16_t kCsCore = 0xC001;
constexpr std::uint16_t kCsSecurity = 0xC002;
constexpr std::uint16_t kCsCluster = 0xC004;

// Lengths of the blocks, their headers included.
constexpr std::uint16_t kCsCoreLength = 216;     // MS-RDPBCGR 2.2.1.3.2, up to serverSelectedProtocol
constexpr std::uint16_t kCsSecurityLength = 12;  // MS-RDPBCGR 2.2.1.3.3
constexpr std::uint16_t kCsClusterLength = 12;   // MS-RDPBCGR 2.2.1.3.5

// Values of CS_CORE, MS-RDPBCGR 2.2.1.3.2: a plain client of RDP 5, which every server accepts.
constexpr std::uint32_t kVersion = 0x00080004;
constexpr std::uint16_t kColor8Bpp = 0xCA01;  // RNS_UD_COLOR_8BPP; highColorDepth is what counts
constexpr std::uint16_t kSasDel = 0xAA03;     // RNS_UD_SAS_DEL
constexpr std::uint32_t kKeyboardUs = 0x409;
constexpr std::uint32_t kKeyboardEnhanced = 4;     // IBM enhanced, 101 or 102 keys
constexpr std::uint16_t kColorDepths = 0x0007;     // 24, 16 and 15 bits
constexpr std::uint16_t kSupportErrorInfo = 0x01;  // RNS_UD_CS_SUPPORT_ERRINFO_PDU
constexpr std::size_t kNameCharacters = 16;        // clientName, its terminator included

// REDIRECTION_SUPPORTED with version 4 of the structure (MS-RDPBCGR 2.2.1.3.5), as every common client says.
constexpr std::uint32_t kClusterFlags = 0x0000000D;

// PER of ConnectData and ConferenceCreateRequest (T.124 section 8.7, MS-RDPBCGR 4.1.3), always the same: the
// key of T.124 as an object identifier; then, behind a length, conference name "1", no further options, one
// set of user data with the H.221 key "Duca".
constexpr std::uint8_t kConnectData[] = {0x00, 0x05, 0x00, 0x14, 0x7C, 0x00, 0x01};
constexpr std::uint8_t kCreateRequest[] = {0x00, 0x08, 0x00, 0x10, 0x00, 0x01,
                                           0xC0, 0x00, 'D',  'u',  'c',  'a'};

void write_zeros(ByteWriter& writer, std::size_t count) {
  for (; count > 0; --count) writer.u8(0);
}

void write_core(ByteWriter& writer, const ClientData& client) {
  writer.u16le(kCsCore).u16le(kCsCoreLength).u32le(kVersion);
  writer.u16le(1024).u16le(768);  // desktopWidth, desktopHeight
  writer.u16le(kColor8Bpp).u16le(kSasDel).u32le(kKeyboardUs);
  writer.u32le(2600);  // clientBuild: that of Windows XP, a common one
  for (std::size_t i = 0; i < kNameCharacters; ++i) {
    const bool named = i < client.name.size() && i + 1 < kNameCharacters;
    writer.u16le(named ? static_cast<std::uint8_t>(client.name[i]) : 0);
  }
  writer.u32le(kKeyboardEnhanced).u32le(0).u32le(12);  // keyboardType, keyboardSubType, keyboardFunctionKey
  write_zeros(writer, 64);                             // imeFileName
  writer.u16le(kColor8Bpp).u16le(1).u32le(0);          // postBeta2ColorDepth, clientProductId, serialNumber
  writer.u16le(16).u16le(kColorDepths);                // highColorDepth, supportedColorDepths
  writer.u16le(kSupportErrorInfo);                     // earlyCapabilityFlags
  write_zeros(writer, 64);                             // clientDigProductId
  writer.u8(0).u8(0);                                  // connectionType, which counts only with a flag; pad
  writer.u32le(client.selected_protocol);
}

}  // namespace

std::vector<std::uint8_t> encode_conference_create_request(const ClientData& client) {
  ByteWriter blocks;
  write_core(blocks, client);
  blocks.u16le(kCsCluster).u16le(kCsClusterLength).u32le(kClusterFlags).u32le(0);  // RedirectedSessionID
  blocks.u16le(kCsSecurity).u16le(kCsSecurityLength);
  blocks.u32le(client.encryption_methods).u32le(0);  // extEncryptionMethods: of the French locale alone

  ByteWriter request;
  request.bytes(kCreateRequest);
  write_per_length(request, blocks.size());
  request.bytes(blocks.take());

  ByteWriter connect_data;
  connect_data.bytes(kConnectData);
  write_per_length(connect_data, request.size());
  connect_data.bytes(request.take());
  return connect_data.take();
}

}  // namespace rdpwatch::wire
