#include "probes/wire/credssp.hpp"

#include <limits>
#include <string>

#include "probes/wire/byte_reader.hpp"
#include "probes/wire/byte_writer.hpp"
#include "probes/wire/der_reader.hpp"
#include "probes/wire/der_writer.hpp"

namespace rdpwatch::wire {
namespace {

// Fields of TSRequest, MS-CSSP 2.2.1.
constexpr unsigned kVersion = 0;
constexpr unsigned kNegoTokens = 1;
constexpr unsigned kAuthInfo = 2;
constexpr unsigned kPubKeyAuth = 3;
constexpr unsigned kErrorCode = 4;
constexpr unsigned kClientNonce = 5;

constexpr std::size_t kClientNonceLength = 32;  // MS-CSSP 2.2.1, clientNonce
// Up to version 4 pubKeyAuth is the server's whole public key, sealed: 4096 bytes hold an RSA key of 32 kbit.
constexpr std::size_t kMaxPubKeyAuth = 4096;

std::uint32_t read_version(DerReader& value, std::string& error) {
  const std::int64_t version = value.integer();
  if (!error.empty()) return 0;
  if (version < 0 || version > std::numeric_limits<std::uint32_t>::max()) {
    error = "TSRequest of version " + std::to_string(version);
    return 0;
  }
  return static_cast<std::uint32_t>(version);
}

// NegoData ::= SEQUENCE OF SEQUENCE { negoToken [0] OCTET STRING } (MS-CSSP 2.2.1.1). Only the first counts.
std::optional<std::vector<std::uint8_t>> read_first_token(DerReader& value) {
  DerReader tokens = value.enter(der::kSequence);
  if (tokens.at_end()) return std::nullopt;
  DerReader token = tokens.enter(der::kSequence).enter(der::context(0));
  const auto bytes = token.contents(der::kOctetString);
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

// An NTSTATUS is written as the four bytes of a signed number or, by some, as five of a positive one.
std::uint32_t read_ntstatus(DerReader& value, std::string& error) {
  const std::int64_t number = value.integer();
  if (!error.empty()) return 0;
  if (number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::uint32_t>::max()) {
    error = "TSRequest with an errorCode of more than 32 bits";
    return 0;
  }
  return static_cast<std::uint32_t>(number);
}

void read_pub_key_auth(DerReader& value, std::string& error) {
  const std::size_t length = value.contents(der::kOctetString).size();
  if (length > kMaxPubKeyAuth) {
    error = "TSRequest with a pubKeyAuth of " + std::to_string(length) + " bytes, at most 4096 expected";
  }
}

void read_client_nonce(DerReader& value, std::string& error) {
  const std::size_t length = value.contents(der::kOctetString).size();
  if (error.empty() && length != kClientNonceLength) {
    error = "TSRequest with a clientNonce of " + std::to_string(length) + " bytes, not 32";
  }
}

void read_field(unsigned number, std::span<const std::uint8_t> contents, TsRequest& request,
                std::string& error) {
  DerReader value(contents, error);
  switch (number) {
    case kVersion:
      request.version = read_version(value, error);
      break;
    case kNegoTokens:
      request.nego_token = read_first_token(value);
      break;
    case kAuthInfo:  // Only a client sends credentials: nothing in it is of use.
      value.contents(der::kOctetString);
      break;
    case kPubKeyAuth:
      read_pub_key_auth(value, error);
      request.has_pub_key_auth = true;
      break;
    case kErrorCode:
      request.error_code = read_ntstatus(value, error);
      break;
    case kClientNonce:
      read_client_nonce(value, error);
      request.has_client_nonce = true;
      break;
    default:  // A number beyond the specification: the field of a later version.
      return;
  }
  if (error.empty() && !value.at_end()) {
    error = "TSRequest with bytes behind the value of field [" + std::to_string(number) + "]";
  }
}

// The number of a context tag; what is wrong with the tag goes to `error`.
unsigned field_number(std::uint8_t tag, int previous, std::string& error) {
  const unsigned number = tag & 0x1F;
  if ((tag & 0xC0) != 0x80 || (number <= kClientNonce && tag != der::context(number))) {
    error = "TSRequest with a tag that is not a field's";
  } else if (static_cast<int>(number) <= previous) {
    error = "TSRequest with field [" + std::to_string(number) + "] behind field [" +
            std::to_string(previous) + "]";
  } else if (previous < 0 && number != kVersion) {
    error = "TSRequest without a version";
  }
  return number;
}

}  // namespace

std::vector<std::uint8_t> encode_ts_request(std::uint8_t version, std::span<const std::uint8_t> nego_token) {
  const auto token = der_element(der::context(0), der_element(der::kOctetString, nego_token));
  const auto tokens = der_element(der::kSequence, der_element(der::kSequence, token));
  const std::uint8_t version_contents[] = {version};
  ByteWriter fields;
  fields.bytes(der_element(der::context(kVersion), der_element(der::kInteger, version_contents)));
  fields.bytes(der_element(der::context(kNegoTokens), tokens));
  return der_element(der::kSequence, fields.take());
}

DecodeResult<TsRequest> decode_ts_request(std::span<const std::uint8_t> bytes) {
  const auto framed = frame_der(bytes, kMaxTsRequest);
  if (framed.malformed() != nullptr) return *framed.malformed();
  if (framed.need_more() != nullptr) return *framed.need_more();
  std::string error;
  DerReader message(bytes.first(framed.value()), error);
  DerReader fields = message.enter(der::kSequence);
  TsRequest request;
  int previous = -1;
  while (!fields.at_end()) {
    const DerElement field = fields.next();
    if (!error.empty()) break;
    const unsigned number = field_number(field.tag, previous, error);
    if (!error.empty()) break;
    read_field(number, field.contents, request, error);
    previous = static_cast<int>(number);
  }
  if (error.empty() && previous < 0) error = "TSRequest without a version";
  if (!error.empty()) return Malformed{DecodeError::malformed, error};
  return request;
}

DecodeResult<EarlyUserAuthorization> decode_early_user_authorization(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kEarlyUserAuthorizationLength) {
    return NeedMore{kEarlyUserAuthorizationLength - bytes.size()};
  }
  ByteReader reader(bytes);
  const auto result = static_cast<EarlyUserAuthorization>(reader.u32le());
  if (result == EarlyUserAuthorization::success || result == EarlyUserAuthorization::access_denied) {
    return result;
  }
  return Malformed{DecodeError::malformed, "Early User Authorization Result " +
                                               std::to_string(static_cast<std::uint32_t>(result)) +
                                               ", neither 0 nor 5"};
}

}  // namespace rdpwatch::wire
