#include "probes/wire/client_info.hpp"

#include "probes/wire/byte_writer.hpp"

namespace rdpwatch::wire {
namespace {

constexpr std::uint16_t kSecInfoPacket = 0x0040;  // SEC_INFO_PKT, MS-RDPBCGR 2.2.8.1.1.2.1

// Flags of TS_INFO_PACKET, MS-RDPBCGR 2.2.1.11.1.1.
constexpr std::uint32_t kMouse = 0x001;
constexpr std::uint32_t kDisableCtrlAltDel = 0x002;
constexpr std::uint32_t kUnicode = 0x010;
constexpr std::uint32_t kMaximizeShell = 0x020;
constexpr std::uint32_t kLogonNotify = 0x040;
constexpr std::uint32_t kEnableWindowsKey = 0x100;
constexpr std::uint32_t kFlags =
    kMouse | kDisableCtrlAltDel | kUnicode | kMaximizeShell | kLogonNotify | kEnableWindowsKey;

constexpr std::uint16_t kAddressFamilyInet = 0x0002;  // MS-RDPBCGR 2.2.1.11.1.1.1
constexpr std::size_t kTimeZoneLength = 172;          // TS_TIME_ZONE_INFORMATION, MS-RDPBCGR 2.2.1.11.1.1.1.1
constexpr std::uint16_t kTerminator = 0;              // of an empty UTF-16 text
constexpr std::uint16_t kTerminatorLength = 2;

}  // namespace

std::vector<std::uint8_t> encode_client_info() {
  ByteWriter writer;
  writer.u16le(kSecInfoPacket).u16le(0);
  writer.u32le(0).u32le(kFlags);  // CodePage, flags
  // Domain, UserName, Password, AlternateShell and WorkingDir: first the lengths, which leave the terminators
  // out.
  for (int i = 0; i < 5; ++i) writer.u16le(0);
  for (int i = 0; i < 5; ++i) writer.u16le(kTerminator);
  // The extended part, whose lengths count the terminators.
  writer.u16le(kAddressFamilyInet);
  writer.u16le(kTerminatorLength).u16le(kTerminator);  // clientAddress
  writer.u16le(kTerminatorLength).u16le(kTerminator);  // clientDir
  for (std::size_t i = 0; i < kTimeZoneLength; ++i) writer.u8(0);
  writer.u32le(0).u32le(0).u16le(0);  // clientSessionId, performanceFlags, cbAutoReconnectCookie
  return writer.take();
}

}  // namespace rdpwatch::wire
