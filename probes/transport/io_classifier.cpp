#include "probes/transport/io_classifier.hpp"

#include <string.h>

#include <cerrno>
#include <string_view>

namespace rdpwatch::transport {

using handshake::FailureReason;
using handshake::Phase;

namespace {

IoVerdict host_unreachable(int error, std::string_view meaning) {
  std::string detail = describe_errno(error);
  if (!meaning.empty()) detail += " (" + std::string(meaning) + ")";
  return {FailureReason::host_unreachable, std::move(detail)};
}

/// The errors that Linux makes of ICMP and ICMPv6 messages.
bool is_icmp_about_host(int error) {
  return error == EHOSTUNREACH || error == EHOSTDOWN || error == ENONET || error == EOPNOTSUPP;
}

bool is_exhaustion(int error) {
  return error == ENOBUFS || error == ENOMEM || error == EMFILE || error == ENFILE;
}

}  // namespace

bool connect_is_pending(int error) {
  // An interrupted connect() is not begun anew: it goes on in the background like one in progress.
  return error == EINPROGRESS || error == EINTR || error == EALREADY;
}

IoVerdict classify_immediate(int error) {
  if (error == ECONNREFUSED) return {FailureReason::connection_refused, {}};
  return {FailureReason::local_resources, describe_errno(error)};
}

IoVerdict classify_late(int error, Phase phase) {
  switch (error) {
    case ECONNREFUSED:
      // On an open connection this is no answer to a SYN: an ICMP "port unreachable" that the kernel kept
      // until it gave up retransmitting.
      if (phase != Phase::connect) return host_unreachable(error, "port unreachable");
      return {FailureReason::connection_refused, {}};
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      return {FailureReason::connection_reset, {}};
    case ETIMEDOUT:
      return {FailureReason::timeout, {}};
    case ENETUNREACH:
    case ENETDOWN:
      return {FailureReason::network_unreachable, describe_errno(error)};
    case EACCES:
    case EPERM:
      return host_unreachable(error, "administratively prohibited");
    case ENOPROTOOPT:
      return host_unreachable(error, "protocol unreachable");
    case EPROTO:
      return host_unreachable(error, "the network rejected a packet's header");
    default:
      break;
  }
  if (is_icmp_about_host(error)) return host_unreachable(error, {});
  if (is_exhaustion(error)) return {FailureReason::local_resources, describe_errno(error)};
  return {FailureReason::internal_error,
          "unexpected socket error " + std::to_string(error) + ", " + describe_errno(error)};
}

std::string describe_errno(int error) {
  const char* const name = ::strerrorname_np(error);
  const char* const meaning = ::strerrordesc_np(error);
  const std::string number = std::to_string(error);
  return (name != nullptr ? std::string(name) : "errno " + number) + ": " +
         (meaning != nullptr ? std::string(meaning) : "Unknown error " + number);
}

}  // namespace rdpwatch::transport
