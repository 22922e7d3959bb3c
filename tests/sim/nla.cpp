#include "tests/sim/nla.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "tests/sim/bytes.hpp"
#include "tests/sim/certificate.hpp"
#include "tests/sim/der.hpp"

namespace rdpwatch::sim {

namespace {

constexpr std::array<std::uint8_t, 8> kSignature{'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};
// MS-NLMP 2.2.1: MessageType.
constexpr std::uint32_t kNegotiate = 1;
constexpr std::uint32_t kChallenge = 2;
constexpr std::uint32_t kAuthenticate = 3;
constexpr std::size_t kMessageHeader = 12;
constexpr std::size_t kNegotiateSize = 32;  // MS-NLMP 2.2.1.1: without the optional Version
constexpr std::size_t kChallengeSize = 56;  // MS-NLMP 2.2.1.2: with Version
// RFC 4178 section 4.2 and MS-SPNG: the object identifiers of SPNEGO and NTLMSSP.
const Bytes kSpnegoOid{0x2B, 0x06, 0x01, 0x05, 0x05, 0x02};
const Bytes kNtlmOid{0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A};
// RFC 4178 section 4.2.2: negState.
constexpr std::uint8_t kAcceptIncomplete = 1;
constexpr std::uint8_t kReject = 2;

// MS-NLMP 2.2.2.5: UNICODE, REQUEST_TARGET, SIGN, SEAL, NTLM, ALWAYS_SIGN, EXTENDED_SESSIONSECURITY,
// TARGET_INFO, 128, KEY_EXCH, 56: what Windows says to a client that offers as much.
constexpr std::uint32_t kFlags = 0xE0888235;
constexpr std::uint32_t kTargetTypeDomain = 0x00010000;
constexpr std::uint32_t kTargetTypeServer = 0x00020000;
constexpr std::uint32_t kVersion = 0x02000000;
constexpr std::uint8_t kNtlmRevision = 0x0F;  // MS-NLMP 2.2.2.10

// MS-NLMP 2.2.2.1: AvId.
enum class Av : std::uint16_t {
  end = 0,
  netbios_computer = 1,
  netbios_domain = 2,
  dns_computer = 3,
  dns_domain = 4,
  dns_tree = 5,
  timestamp = 7
};
constexpr std::size_t kNetbiosName = 15;

void append_pair(Bytes& bytes, Av id, const Bytes& value) {
  append_u16_le(bytes, static_cast<std::uint16_t>(id));
  append_u16_le(bytes, value.size());
  append(bytes, value);
}

/// A field of an NTLM message: length, maximum length, offset.
void append_field(Bytes& bytes, std::size_t size, std::size_t offset) {
  append_u16_le(bytes, size);
  append_u16_le(bytes, size);
  append_u32_le(bytes, static_cast<std::uint32_t>(offset));
}

/// FILETIME: 100 ns since 1601.
std::uint64_t file_time(std::chrono::system_clock::time_point time) {
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10000000>>;
  constexpr std::int64_t kFrom1601To1970 = 11644473600;
  const auto ticks = std::chrono::duration_cast<Ticks>(time.time_since_epoch());
  return static_cast<std::uint64_t>(ticks.count() + kFrom1601To1970 * 10000000);
}

void append_version(Bytes& bytes, const std::string& build) {
  std::array<unsigned, 3> parts{};
  const char* at = build.data();
  const char* const end = at + build.size();
  for (unsigned& part : parts) {
    at = std::from_chars(at, end, part).ptr;
    if (at != end) ++at;  // the dot
  }
  bytes.push_back(static_cast<std::uint8_t>(parts[0]));
  bytes.push_back(static_cast<std::uint8_t>(parts[1]));
  append_u16_le(bytes, parts[2]);
  append(bytes, std::array<std::uint8_t, 4>{0, 0, 0, kNtlmRevision});
}

bool field_fits(std::span<const std::uint8_t> message, std::size_t at) {
  const std::size_t size = u16_le(message, at);
  return size == 0 || std::size_t{u32_le(message, at + 4)} + size <= message.size();
}

bool is_negotiate(std::span<const std::uint8_t> message) {
  return message.size() >= kNegotiateSize &&
         std::equal(kSignature.begin(), kSignature.end(), message.begin()) &&
         u32_le(message, kSignature.size()) == kNegotiate && field_fits(message, 16) &&
         field_fits(message, 24);
}

/// The mechToken of a NegTokenInit (RFC 4178 section 4.2.1) that offers NTLM.
std::optional<std::span<const std::uint8_t>> mech_token(std::span<const std::uint8_t> token) {
  DerReader outer(token);
  DerReader application = outer.enter(0x60);
  const auto oid = application.take(0x06);
  DerReader init = application.enter(0xA0).enter(0x30);
  DerReader mechanisms = init.enter(0xA0).enter(0x30);
  bool ntlm = false;
  while (!mechanisms.at_end()) {
    const auto one = mechanisms.take(0x06);
    if (!one) return std::nullopt;
    ntlm = ntlm || std::ranges::equal(*one, kNtlmOid);
  }
  if (init.next_is(0xA1)) init.take(0xA1);  // reqFlags
  const auto found = init.enter(0xA2).take(0x04);
  if (!outer.at_end() || !oid || !std::ranges::equal(*oid, kSpnegoOid) || !ntlm) return std::nullopt;
  return found;
}

Bytes version_element(std::uint8_t version) {
  return der(0xA0, der(0x02, {version}));
}

Bytes neg_state(std::uint8_t state) {
  return der(0xA0, der(0x0A, {state}));
}

}  // namespace

std::optional<std::size_t> ts_request_size(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return 0;
  if (bytes[0] != 0x30) return std::nullopt;
  if (bytes.size() < 2) return 0;
  const std::size_t more = bytes[1] < 0x80 ? 0 : bytes[1] & 0x7FU;
  if (bytes[1] == 0x80 || more > 2) return std::nullopt;
  if (bytes.size() < 2 + more) return 0;
  std::size_t size = more == 0 ? bytes[1] : 0;
  for (std::size_t i = 0; i < more; ++i) size = size * 256 + bytes[2 + i];
  size += 2 + more;
  if (size > kMaxTsRequest) return std::nullopt;
  return size;
}

std::optional<NlaNegotiate> decode_negotiate(std::span<const std::uint8_t> ts_request) {
  DerReader outer(ts_request);
  DerReader fields = outer.enter(0x30);
  const auto version = fields.enter(0xA0).take(0x02);
  DerReader tokens = fields.enter(0xA1).enter(0x30);
  const auto token = tokens.enter(0x30).enter(0xA0).take(0x04);
  // authInfo, pubKeyAuth or a second token belong to a client that is logging on.
  if (!outer.at_end() || !fields.at_end() || !tokens.at_end()) return std::nullopt;
  if (!version || version->size() != 1 || !token) return std::nullopt;
  NlaNegotiate negotiate{(*version)[0], false};
  if (is_negotiate(*token)) return negotiate;
  const auto wrapped = mech_token(*token);
  if (!wrapped || !is_negotiate(*wrapped)) return std::nullopt;
  negotiate.spnego = true;
  return negotiate;
}

Bytes ntlm_challenge(const NlaSpec& spec, const std::string& address,
                     std::chrono::system_clock::time_point now) {
  const auto name = [&address](const std::string& text) { return utf16(expand(text, address)); };
  Bytes computer = name(spec.netbios_computer);
  computer.resize(std::min(computer.size(), 2 * kNetbiosName));
  const Bytes domain = name(spec.netbios_domain);
  const bool workgroup = domain.empty() || domain == computer;
  const Bytes& target = workgroup ? computer : domain;

  Bytes pairs;
  const auto add = [&pairs](Av id, const Bytes& value) {
    if (!value.empty()) append_pair(pairs, id, value);
  };
  add(Av::netbios_domain, domain);
  add(Av::netbios_computer, computer);
  add(Av::dns_domain, name(spec.dns_domain));
  add(Av::dns_computer, name(spec.dns_computer));
  add(Av::dns_tree, name(spec.dns_forest));
  if (spec.timestamp) {
    Bytes time;
    append_u64_le(time, file_time(now + spec.clock_offset));
    add(Av::timestamp, time);
  }
  append_pair(pairs, Av::end, {});

  Bytes message(kSignature.begin(), kSignature.end());
  append_u32_le(message, kChallenge);
  append_field(message, target.size(), kChallengeSize);
  append_u32_le(message, kFlags | (workgroup ? kTargetTypeServer : kTargetTypeDomain) |
                             (spec.build.empty() ? 0 : kVersion));
  // The server's challenge, as in MS-NLMP 4.2.1, and eight reserved bytes. Nobody ever proves anything with
  // it.
  append(message, std::array<std::uint8_t, 16>{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF});
  append_field(message, pairs.size(), kChallengeSize + target.size());
  if (spec.build.empty()) {
    append_u64_le(message, 0);
  } else {
    append_version(message, spec.build);
  }
  append(message, target);
  append(message, pairs);
  return message;
}

Bytes spnego_response(const Bytes& ntlm_message) {
  Bytes fields = neg_state(kAcceptIncomplete);
  append(fields, der(0xA1, der(0x06, kNtlmOid)));
  append(fields, der(0xA2, der(0x04, ntlm_message)));
  return der(0xA1, der(0x30, fields));
}

Bytes spnego_reject() {
  return der(0xA1, der(0x30, neg_state(kReject)));
}

Bytes ts_request(std::uint8_t version, const Bytes& token) {
  Bytes fields = version_element(version);
  append(fields, der(0xA1, der(0x30, der(0x30, der(0xA0, der(0x04, token))))));
  return der(0x30, fields);
}

Bytes ts_request_with_error(std::uint8_t version, std::uint32_t status) {
  Bytes number;
  for (int shift = 24; shift >= 0; shift -= 8) number.push_back(static_cast<std::uint8_t>(status >> shift));
  Bytes fields = version_element(version);
  append(fields, der(0xA4, der(0x02, number)));
  return der(0x30, fields);
}

Bytes ts_request_without_token(std::uint8_t version) {
  return der(0x30, version_element(version));
}

Bytes malformed_ts_request(std::uint8_t version) {
  Bytes fields = version_element(version);
  append(fields, std::array<std::uint8_t, 2>{0xA1, 0x7F});
  return der(0x30, fields);
}

std::size_t take_authenticates(Bytes& bytes) {
  Bytes wanted(kSignature.begin(), kSignature.end());
  append_u32_le(wanted, kAuthenticate);
  std::size_t count = 0;
  for (;;) {
    const auto found = std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
    if (found == bytes.end()) break;
    ++count;
    bytes.erase(bytes.begin(), found + static_cast<std::ptrdiff_t>(wanted.size()));
  }
  if (bytes.size() >= kMessageHeader) bytes.erase(bytes.begin(), bytes.end() - (kMessageHeader - 1));
  return count;
}

}  // namespace rdpwatch::sim
