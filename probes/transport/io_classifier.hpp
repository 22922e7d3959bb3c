#pragma once
// What an errno of a socket means: whose fault it is and which reason a probe reports. What connect() refuses
// at once is our own machine's doing; what arrives later was told by the host or by the network. Pure
// functions.

#include <string>

#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::transport {

/// What a socket's error amounts to.
struct IoVerdict {
  handshake::FailureReason reason;
  /// For people, where the reason alone does not say it: "EACCES: Permission denied (administratively
  /// prohibited)". Empty for the plain cases (refused, reset, timeout).
  std::string detail;
};

/// Whether a non-blocking connect() that gave `error` goes on in the background.
bool connect_is_pending(int error);

/// `error` was given by socket(), bind() or connect() itself. ECONNREFUSED is connection_refused (the
/// loopback interface answers at once); everything else is local_resources. Not for pending or zero.
IoVerdict classify_immediate(int error);

/// `error` came from SO_ERROR after a pending connect(), or from recv() or send(), in `phase`. Not for zero
/// and not for EAGAIN. An errno that a TCP socket is not known to give is internal_error, with its number in
/// the detail.
IoVerdict classify_late(int error, handshake::Phase phase);

/// "ENETUNREACH: Network is unreachable"; "errno 4095: Unknown error 4095" for a number without a name.
std::string describe_errno(int error);

}  // namespace rdpwatch::transport
