#pragma once
// What the handshake machine asks of its driver (Action) and what the driver comes back with (Event).
// The driver does one Action at a time and answers each, Finish excepted, with exactly one Event.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

using Bytes = std::vector<std::uint8_t>;

// ---- Actions -------------------------------------------------------------------------------------------

/// Look the host's addresses up. Answer: Resolved, ResolveFailed or DeadlineReached.
struct ResolveName {
  std::string host;
};

/// Close the current connection, if any, in an orderly way (and tell the machine's connection_closed), then
/// wait until politeness allows a connection to this address. Answer: Admitted or AdmissionDenied. The first
/// one has no deadline: the wait is our own.
struct AdmitConnection {
  std::string address;
  std::uint16_t port;
  bool first;
};

/// Open a TCP connection. Answer: Connected, IoFailed or DeadlineReached.
struct ConnectTo {
  std::string address;
  std::uint16_t port;
};

/// Write all of it (within TLS once TLS stands, then in one record up to 16 KiB). Answer: Sent, TlsFailed,
/// IoFailed or DeadlineReached.
struct SendBytes {
  Bytes bytes;
  std::string_view what;  ///< name of the message, for failures: "Connection Request"; a string literal
};

/// Read at least one byte and at most `max` (of what TLS carries once it stands). Answer: BytesReceived,
/// TlsFailed, IoFailed or DeadlineReached.
struct ReceiveBytes {
  std::size_t max;
};

/// Do the TLS handshake on the open connection. Answer: TlsEstablished, TlsFailed, IoFailed or
/// DeadlineReached.
struct StartTls {
  TlsProfile profile;
  std::string sni;  ///< empty: send none
  std::optional<TlsVersion> only_version;
};

/// Close in an orderly way; the result is complete.
struct Finish {
  bool leave_mcs =
      false;  ///< first send a DisconnectProviderUltimatum, as far as the connection still takes it
};

using ActionBody =
    std::variant<ResolveName, AdmitConnection, ConnectTo, SendBytes, ReceiveBytes, StartTls, Finish>;

struct Action {
  ActionBody what;
  /// When the driver must give up and answer DeadlineReached; none for the first AdmitConnection and Finish.
  std::optional<TimePoint> deadline;
};

// ---- Events --------------------------------------------------------------------------------------------

struct Start {
  std::chrono::system_clock::time_point wall_clock;
};

struct Resolved {
  std::vector<std::string> addresses;  ///< literals in the order to try; never empty
  bool complete = true;  ///< A and AAAA were both answered; else the name may have more addresses than these
};

struct ResolveFailed {
  FailureReason reason;  ///< name_not_found, resolver_failed or local_resources
  std::string detail;
};

struct Admitted {
  Duration waited{};
};

/// AdmissionDenied::why when the wait would be longer than the probe has time.
inline constexpr const char* kDeniedByDeadline = "deadline";

struct AdmissionDenied {
  std::string why;  ///< e.g. "rate_cap": the connections-a-minute cap would be broken within our time
};

struct Connected {};
struct Sent {};

struct BytesReceived {
  Bytes bytes;
};

/// How a socket operation ended, classified by transport/io_classifier.
struct IoFailed {
  FailureReason reason;              ///< of category network or local
  int error = 0;                     ///< errno, 0 for an orderly close
  std::string detail;                ///< for our own faults: what the kernel refused
  std::uint64_t bytes_received = 0;  ///< since the last message was sent; a FIN is none, nor is what TLS adds
  std::optional<CertificateFacts> certificate;  ///< seen before TLS broke
  std::string last_sent;     ///< within TLS: the last handshake message we wrote, e.g. "ClientHello"
  TimePoint last_sent_at{};  ///< and when
};

/// The Action's deadline passed first. Fields as in IoFailed.
struct DeadlineReached {
  std::uint64_t bytes_received = 0;
  std::optional<CertificateFacts> certificate;
  std::string last_sent;
  TimePoint last_sent_at{};
};

struct TlsEstablished {
  TlsFacts tls;
  std::optional<CertificateFacts> certificate;  ///< none for an anonymous cipher
};

/// TLS ended by its own means, not by the socket's.
struct TlsFailed {
  FailureReason reason;               ///< tls_alert, tls_not_spoken, tls_protocol_error
  std::optional<std::int64_t> alert;  ///< number of the alert received
  std::string detail;
  std::optional<CertificateFacts> certificate;
  std::string last_sent;
  TimePoint last_sent_at{};
  std::uint64_t bytes_received = 0;  ///< as in IoFailed; the alert or what was no TLS is among them
};

/// The probe was cut off (shutdown, reload). The machine finishes with Verdict::abandoned.
struct Abandoned {
  std::string why;
};

using Event = std::variant<Start, Resolved, ResolveFailed, Admitted, AdmissionDenied, Connected, Sent,
                           BytesReceived, IoFailed, DeadlineReached, TlsEstablished, TlsFailed, Abandoned>;

}  // namespace rdpwatch::handshake
