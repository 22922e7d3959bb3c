#pragma once
// What the simulated hosts do, as plain data: made from a scenario file (scenario_file.hpp) or directly in
// C++. Every struct can be copied and compared; nothing here is tied to a thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/address_range.hpp"

namespace rdpwatch::sim {

using Bytes = std::vector<std::uint8_t>;
using Milliseconds = std::chrono::milliseconds;

/// MS-RDPBCGR 2.2.1.1.1: bits of requestedProtocols, and the values of selectedProtocol.
inline constexpr std::uint32_t kProtocolRdp = 0x00;
inline constexpr std::uint32_t kProtocolSsl = 0x01;
inline constexpr std::uint32_t kProtocolHybrid = 0x02;
inline constexpr std::uint32_t kProtocolRdstls = 0x04;
inline constexpr std::uint32_t kProtocolHybridEx = 0x08;

/// A certification authority that is made at start; certificates name it as their issuer.
struct AuthoritySpec {
  std::string common_name = "rdpsim authority";  ///< at most 64 bytes
  std::string key = "rsa2048";                   ///< as in CertificateSpec
  std::string file;                              ///< where its certificate is written as PEM; empty: nowhere
  bool operator==(const AuthoritySpec&) const = default;
};

/// Equal specs share one certificate, and all certificates with the same `key` share one key: ten thousand
/// hosts cost one. In `common_name` and `sans` {address} stands for the host's address and {host} for the
/// address with dashes (127-0-10-1); a spec that uses them makes one certificate for each address, at its
/// first connection.
struct CertificateSpec {
  std::string common_name = "rdpsim";  ///< empty: a certificate without a subject
  std::vector<std::string> sans;       ///< addresses become IP entries, everything else DNS entries
  std::string key = "rsa2048";    ///< rsa1024 rsa2048 rsa3072 rsa4096 ec256 ec384 ec521, or one of these with
                                  ///< "/name" behind it for a key of its own: "rsa2048/second"
  std::string digest = "sha256";  ///< md5 sha1 sha256 sha384 sha512
  double days_left = 183;         ///< from the moment it is made; negative: expired
  std::optional<std::int64_t>
      not_before;  ///< UNIX seconds; default: 183 days before the end, at least 1 h ago
  std::optional<std::int64_t> not_after;       ///< UNIX seconds; instead of days_left
  std::optional<std::int64_t> serial;          ///< may be zero or negative; default: 64 random bits
  std::vector<std::string> eku{"serverAuth"};  ///< names or OIDs as OpenSSL knows them; empty: no extension
  std::vector<std::string> key_usage{"keyEncipherment", "dataEncipherment", "digitalSignature"};
  std::string issuer;       ///< name of an authority; empty: self-signed
  bool send_chain = false;  ///< send the authority's certificate too
  bool operator==(const CertificateSpec&) const = default;
};

enum class TlsVersion : std::uint8_t { tls10, tls11, tls12, tls13 };

/// What a client gets that the host's TLS can't serve.
enum class Refusal : std::uint8_t {
  alert,  ///< a TLS alert, then FIN
  close,  ///< FIN
  reset,  ///< RST
  stall   ///< nothing, on a connection that stays
};

struct TlsSpec {
  TlsVersion min_version = TlsVersion::tls12;
  TlsVersion max_version = TlsVersion::tls13;
  std::string ciphers =
      "DEFAULT";           ///< OpenSSL cipher list for TLS 1.0-1.2, in the server's order of preference
  std::string groups;      ///< OpenSSL group list; empty: the library's
  int tickets = 2;         ///< TLS 1.3 session tickets sent after the handshake, 0..8
  bool anonymous = false;  ///< no certificate; needs ciphers such as aNULL and TLS 1.2 at most
  CertificateSpec certificate;
  /// What a client gets that offers no version from min_version to max_version; a Schannel may reset it.
  Refusal no_common_version = Refusal::alert;
  /// What a client gets whose first bytes are no TLS record.
  Refusal not_tls = Refusal::close;
  bool operator==(const TlsSpec&) const = default;
};

/// An RDP_NEG_FAILURE, sent unless the client asked for at least one of `unless`. kProtocolRdp in the list
/// means a client that asked for nothing else (requestedProtocols 0). An empty list: always.
struct NegotiationFailure {
  std::uint32_t code = 1;
  std::vector<std::uint32_t> unless;
  bool operator==(const NegotiationFailure&) const = default;
};

/// The X.224 Connection Confirm. A client that sent no RDP_NEG_REQ gets one without negotiation data.
struct Negotiation {
  std::optional<std::uint32_t> select;       ///< whatever was asked; default: the strongest of what was asked
  std::uint8_t flags = 0x1F;                 ///< of RDP_NEG_RSP; 0x1F is Windows Server 2016 and later
  bool omit_data = false;                    ///< 11 bytes, as Windows XP answers
  std::vector<NegotiationFailure> failures;  ///< the first that applies is sent
  std::uint16_t source_reference = 0x1234;
  std::size_t chunk = 0;        ///< bytes a write; 0: all at once
  Milliseconds chunk_delay{5};  ///< between these writes
  /// Clients that asked for exactly one of these masks, or for a number above `drop_above`, get no answer:
  /// the host closes.
  std::vector<std::uint32_t> drop{};
  std::optional<std::uint32_t> drop_above = std::nullopt;
  bool operator==(const Negotiation&) const = default;
};

/// What a host with NLA answers to the client's NEGOTIATE. Whatever it is, the host reads on until the client
/// ends the connection; after error_code, reject, dpu, early_denied and half it ends its own half first.
enum class NlaAnswer : std::uint8_t {
  challenge,      ///< an NTLM CHALLENGE, wrapped in SPNEGO if the NEGOTIATE was
  error_code,     ///< a TSRequest with an NTSTATUS
  close,          ///< nothing: close_notify and FIN
  reset,          ///< nothing: RST
  stall,          ///< nothing at all
  reject,         ///< SPNEGO: negState reject, no token
  no_token,       ///< a TSRequest with a version and nothing else
  malformed,      ///< a TSRequest whose inner lengths lead beyond its end
  garbage_token,  ///< a TSRequest with a token that is neither NTLM nor SPNEGO
  dpu,            ///< an MCS DisconnectProviderUltimatum, as FreeRDP's servers send it
  early_denied,   ///< an Early User Authorization Result: access denied
  half            ///< half of the CHALLENGE's TSRequest
};
std::string_view name(NlaAnswer answer);

/// CredSSP (MS-CSSP) behind TLS, when hybrid or hybrid_ex was selected. In the names {address} and {host} are
/// filled in as in certificates; an empty one is left out of the CHALLENGE.
struct NlaSpec {
  std::uint8_t version = 6;                     ///< of the TSRequests, 0..127
  std::string netbios_computer = "SIM-{host}";  ///< cut to 15 characters
  std::string netbios_domain = "SIM";           ///< the same as the computer's: a workgroup
  std::string dns_computer = "{host}.sim";
  std::string dns_domain = "sim";
  std::string dns_forest = "sim";
  std::string build = "10.0.20348";  ///< major.minor.build; empty: the CHALLENGE says that it has no version
  Milliseconds clock_offset{0};      ///< of the host's clock, either way
  bool timestamp = true;             ///< false: the CHALLENGE tells no time
  NlaAnswer answer = NlaAnswer::challenge;
  std::uint32_t error_code = 0xC000006D;  ///< STATUS_LOGON_FAILURE
  bool operator==(const NlaSpec&) const = default;
};

/// What a host without NLA answers to the Client Info. It reads on until the client ends the connection;
/// after the three refusals and `malformed` it ends its own half first.
enum class Licensing : std::uint8_t {
  valid_client,       ///< ERROR_ALERT STATUS_VALID_CLIENT: no licence is needed
  request,            ///< LICENSE_REQUEST: the host hands out licences
  no_license,         ///< ERROR_ALERT NO_LICENSE
  no_license_server,  ///< ERROR_ALERT NO_LICENSE_SERVER
  invalid_client,     ///< ERROR_ALERT INVALID_CLIENT
  challenge,          ///< PLATFORM_CHALLENGE
  demand_active,      ///< no licensing: a Demand Active at once
  autodetect_first,   ///< an RTT measure request, then valid_client
  stall,              ///< nothing at all
  close,              ///< nothing: FIN, within TLS behind a close_notify
  reset,              ///< nothing: RST
  malformed           ///< an ERROR_ALERT that announces more than there is
};
std::string_view name(Licensing licensing);

/// Answers of a host for which it can send a DisconnectProviderUltimatum instead.
enum class SessionPoint : std::uint8_t {
  connect,  ///< Connect-Response
  attach,   ///< AttachUserConfirm
  join,     ///< the first ChannelJoinConfirm
  info      ///< what follows the Client Info
};
std::string_view name(SessionPoint point);

/// MCS, GCC and licensing (MS-RDPBCGR 2.2.1.3 to 2.2.1.12), within TLS when ssl was selected, in clear with
/// standard RDP security.
struct SessionSpec {
  std::uint32_t rdp_version = 0x00080004;  ///< of SC_CORE
  std::optional<std::uint32_t>
      echo_protocols;      ///< clientRequestedProtocols; default: what the client asked for
  bool omit_echo = false;  ///< an SC_CORE that ends behind its version
  /// Of standard RDP security; within TLS both are 0. With another method than 0 the host says nothing more
  /// after its Connect-Response.
  std::uint32_t encryption_method = 2;
  std::uint32_t encryption_level = 2;
  std::uint32_t rsa_key_bits = 2048;  ///< of the proprietary certificate: 512..4096, a multiple of 8
  std::uint8_t connect_result = 0;  ///< 0..15, as the next two; with another one than 0 the host closes next
  std::uint8_t attach_result = 0;
  std::uint8_t join_result = 0;
  Licensing licensing = Licensing::valid_client;
  std::optional<std::uint32_t>
      error_info;  ///< Set Error Info with it instead of licensing; the host closes next
  std::optional<SessionPoint> ultimatum;  ///< the host closes next
  bool operator==(const SessionSpec&) const = default;
};

/// Points of a connection where a host can wait or break, in order.
enum class Step : std::uint8_t {
  accept,           ///< the TCP connection stands, nothing was read
  request,          ///< the Connection Request was read, nothing answered
  confirm,          ///< the Connection Confirm was sent
  first_bytes,      ///< the first bytes where a ClientHello belongs were read, whatever they are
  client_hello,     ///< the ClientHello was read, nothing answered
  server_hello,     ///< the server's first TLS flight was sent
  established,      ///< the TLS handshake is complete for the server
  negotiate_token,  ///< the TSRequest with the client's NEGOTIATE was read, nothing answered
  connect_initial,  ///< the MCS Connect-Initial was read, nothing answered
  client_info       ///< the Client Info was read, nothing answered
};
inline constexpr std::size_t kSteps = 10;
/// The steps at which the host owes the client an answer.
inline constexpr Step kAnsweringSteps[] = {Step::request,         Step::client_hello,    Step::server_hello,
                                           Step::negotiate_token, Step::connect_initial, Step::client_info};
std::string_view name(Step step);

enum class Ending : std::uint8_t {
  close,   ///< FIN
  reset,   ///< RST
  stall,   ///< stay connected and say nothing more
  proceed  ///< go on as if nothing had happened (after a payload)
};
std::string_view name(Ending ending);

/// Which clients a fault meets: a device that looks for something breaks only what has it.
enum class Sign : std::uint8_t {
  always,
  cookie,      ///< the Connection Request has a cookie or a routing token
  hybrid,      ///< it asks for hybrid or hybrid_ex, maybe among others
  server_name  ///< the ClientHello has SNI
};

/// How a connection breaks.
struct Fault {
  Step at = Step::accept;
  Milliseconds after{0};  ///< waited first
  Bytes payload;          ///< sent next: in clear up to server_hello, within TLS from established on
  Ending then = Ending::close;
  std::optional<std::size_t> flight_bytes;  ///< at server_hello: only so many bytes of the flight are sent
  Sign when = Sign::always;  ///< cookie, hybrid: from request on; server_name: from client_hello on
  bool operator==(const Fault&) const = default;
};

/// Whether a host takes TLS at once, without X.224 before it.
enum class DirectTls : std::uint8_t {
  no,
  also,  ///< from a client whose first byte is that of a TLS handshake record, as Windows
  only   ///< from everybody
};

/// What a host does on one connection; the default is a healthy host.
struct Behaviour {
  DirectTls direct_tls = DirectTls::no;
  Negotiation negotiation;
  TlsSpec tls;
  NlaSpec nla;
  SessionSpec session;
  std::map<Step, Milliseconds> latency;  ///< waited at each step before anything else happens there
  std::optional<Fault> fault;
  bool operator==(const Behaviour&) const = default;
};

struct SequenceItem {
  Behaviour behaviour;
  std::uint32_t times = 1;  ///< connections in a row
  bool operator==(const SequenceItem&) const = default;
};

struct HostScenario {
  std::vector<SequenceItem> sequence{
      SequenceItem{}};  ///< never empty; used in turn, connection by connection
  bool repeat = false;  ///< after the last item: start again; otherwise the last item goes on for ever
  std::uint32_t connection_limit = 0;  ///< connections open at once; 0: no limit
  Ending beyond_limit = Ending::reset;

  HostScenario() = default;
  explicit HostScenario(Behaviour behaviour) : sequence{SequenceItem{std::move(behaviour), 1}} {}
  bool operator==(const HostScenario&) const = default;
};

struct Endpoint {
  std::string address;  ///< an IPv4 or IPv6 literal without brackets
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

struct Scenarios {
  std::uint16_t port = 13389;          ///< of the listener on 0.0.0.0, for all of 127.0.0.0/8; 0: a free one
  std::vector<Endpoint> listen;        ///< additional listeners
  std::vector<Endpoint> full_backlog;  ///< listeners that never accept: connecting to them times out
  Milliseconds connection_timeout{
      60000};  ///< a connection is closed after so long; Windows does it after 60 s
  std::map<std::string, AuthoritySpec> authorities;
  /// The smallest range that holds an address counts; of equally small ones the first. An address in no range
  /// is reset at once.
  std::vector<std::pair<AddressRange, HostScenario>> hosts;
};

}  // namespace rdpwatch::sim
