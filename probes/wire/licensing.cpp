#include "probes/wire/licensing.hpp"

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/named_number.hpp"
#include "probes/wire/utf16.hpp"

namespace rdpwatch::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

// bMsgType, MS-RDPBCGR 2.2.1.12.1.1.
constexpr std::uint8_t kLicenseRequest = 0x01;
constexpr std::uint8_t kErrorAlert = 0xFF;
constexpr std::size_t kPreambleLength = 4;
constexpr std::size_t kServerRandomLength = 32;  // MS-RDPELE 2.2.2.1
constexpr std::size_t kMaxText = 512;            // bytes of a name: those of Microsoft are below 50

constexpr NamedNumber kMessageTypes[] = {{kLicenseRequest, "LICENSE_REQUEST"},
                                         {0x02, "PLATFORM_CHALLENGE"},
                                         {0x03, "NEW_LICENSE"},
                                         {0x04, "UPGRADE_LICENSE"},
                                         {0x12, "LICENSE_INFO"},
                                         {0x13, "NEW_LICENSE_REQUEST"},
                                         {0x15, "PLATFORM_CHALLENGE_RESPONSE"},
                                         {kErrorAlert, "ERROR_ALERT"}};

// MS-RDPBCGR 2.2.1.12.1.3, dwErrorCode, without the ERR_ of all but one.
constexpr NamedNumber kErrors[] = {{0x1, "INVALID_SERVER_CERTIFICATE"},
                                   {license_error::kNoLicense, "NO_LICENSE"},
                                   {0x3, "INVALID_MAC"},
                                   {0x4, "INVALID_SCOPE"},
                                   {license_error::kNoLicenseServer, "NO_LICENSE_SERVER"},
                                   {license_error::kValidClient, "STATUS_VALID_CLIENT"},
                                   {license_error::kInvalidClient, "INVALID_CLIENT"},
                                   {0xB, "INVALID_PRODUCTID"},
                                   {0xC, "INVALID_MESSAGE_LEN"}};

Malformed malformed(const std::string& what) {
  return {DecodeError::malformed, "licensing: " + what};
}

// Texts and blobs of a message, read one after another. What is wrong goes to `error`; from then on nothing
// is read.
class Fields {
 public:
  Fields(Bytes body, std::string& error) : reader_(body), error_(error) {}

  Bytes take(std::size_t length, const char* name) {
    if (!error_.empty()) return {};
    const std::size_t available = reader_.remaining();
    const Bytes taken = reader_.take(length);
    if (!reader_.failed()) return taken;
    error_ = std::string(name) + " of " + std::to_string(length) + " bytes, only " +
             std::to_string(available) + " follow";
    return {};
  }
  std::uint32_t u32(const char* name) { return ByteReader(take(4, name)).u32le(); }
  std::uint16_t u16(const char* name) { return ByteReader(take(2, name)).u16le(); }

  // LICENSE_BINARY_BLOB, MS-RDPBCGR 2.2.1.12.1.2. Its type is fixed by its place, and wrong in some servers.
  Bytes blob(const char* name) {
    u16(name);
    const std::size_t length = u16(name);
    return take(length, name);
  }
  // A UTF-16 text behind its length in bytes.
  std::string text(const char* name) {
    const std::size_t length = u32(name);
    if (error_.empty() && length > kMaxText) {
      error_ = std::string(name) + " of " + std::to_string(length) + " bytes, at most 512 expected";
    }
    Bytes bytes = take(length, name);
    if (bytes.size() >= 2 && bytes[bytes.size() - 2] == 0 && bytes.back() == 0)
      bytes = bytes.first(bytes.size() - 2);
    return utf8_from_utf16le(bytes);
  }

  bool at_end() const { return reader_.remaining() == 0 || !error_.empty(); }

 private:
  ByteReader reader_;
  std::string& error_;
};

// MS-RDPELE 2.2.2.1.
LicenseRequest read_license_request(Bytes body, std::string& error) {
  LicenseRequest request;
  Fields fields(body, error);
  fields.take(kServerRandomLength, "ServerRandom");
  request.product_version = fields.u32("dwVersion");
  request.company = fields.text("CompanyName");
  request.product_id = fields.text("ProductId");
  fields.blob("KeyExchangeList");
  fields.blob("ServerCertificate");
  const std::uint32_t count = fields.u32("ScopeCount");
  for (std::uint32_t i = 0; i < count && error.empty(); ++i) {
    Bytes scope = fields.blob("Scope");
    if (scope.size() > kMaxText)
      error = "Scope of " + std::to_string(scope.size()) + " bytes, at most 512 expected";
    if (!error.empty() || request.scopes.size() == kMaxLicenseScopes) continue;
    if (!scope.empty() && scope.back() == 0) scope = scope.first(scope.size() - 1);
    request.scopes.push_back(utf8_from_oem(scope));
  }
  return request;
}

// MS-RDPBCGR 2.2.1.12.1.3. The blob behind it holds nothing that counts, and is not missed.
LicenseAlert read_error_alert(Bytes body, std::string& error) {
  Fields fields(body, error);
  LicenseAlert alert;
  alert.code = fields.u32("dwErrorCode");
  alert.transition = fields.u32("dwStateTransition");
  if (!fields.at_end()) fields.blob("ErrorInfo");
  return alert;
}

}  // namespace

DecodeResult<LicenseMessage> decode_license_message(Bytes bytes) {
  ByteReader reader(bytes);
  const std::uint8_t type = reader.u8();
  reader.u8();  // flags: the version of the licensing protocol
  const std::size_t length = reader.u16le();
  if (reader.failed())
    return malformed("preamble of " + std::to_string(bytes.size()) + " bytes, 4 are needed");
  if (length < kPreambleLength || length > bytes.size()) {
    return malformed("message of length " + std::to_string(length) + ", 4 to " +
                     std::to_string(bytes.size()) + " are possible");
  }
  const Bytes body = reader.take(length - kPreambleLength);
  std::string error;
  LicenseMessage message = OtherLicenseMessage{type};
  if (type == kLicenseRequest) message = read_license_request(body, error);
  if (type == kErrorAlert) message = read_error_alert(body, error);
  if (!error.empty()) return malformed(std::string(find_name(kMessageTypes, type)) + ": " + error);
  return message;
}

std::string describe_license_error(std::uint32_t code) {
  return name_and_number(find_name(kErrors, code), hex_text(code));
}

std::string describe_license_message_type(std::uint8_t type) {
  return name_and_number(find_name(kMessageTypes, type), hex_text(type, 2));
}

}  // namespace rdpwatch::wire
