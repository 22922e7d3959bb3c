#include "probes/transport/io_classifier.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

namespace rdpwatch::transport {
namespace {

using handshake::FailureReason;
using handshake::Phase;

struct Row {
  int error;
  FailureReason reason;
  std::string detail;
};

TEST(IoClassifier, PendingConnect) {
  EXPECT_TRUE(connect_is_pending(EINPROGRESS));
  EXPECT_TRUE(connect_is_pending(EINTR));
  EXPECT_TRUE(connect_is_pending(EALREADY));
  EXPECT_FALSE(connect_is_pending(ECONNREFUSED));
  EXPECT_FALSE(connect_is_pending(EAGAIN));
  EXPECT_FALSE(connect_is_pending(ENETUNREACH));
}

TEST(IoClassifier, WhatConnectRefusesAtOnceIsOurs) {
  const std::vector<Row> rows{
      {ECONNREFUSED, FailureReason::connection_refused, ""},
      {ENETUNREACH, FailureReason::local_resources, "ENETUNREACH: Network is unreachable"},
      {EHOSTUNREACH, FailureReason::local_resources, "EHOSTUNREACH: No route to host"},
      {ENETDOWN, FailureReason::local_resources, "ENETDOWN: Network is down"},
      {EACCES, FailureReason::local_resources, "EACCES: Permission denied"},
      {EPERM, FailureReason::local_resources, "EPERM: Operation not permitted"},
      {EINVAL, FailureReason::local_resources, "EINVAL: Invalid argument"},
      {EADDRNOTAVAIL, FailureReason::local_resources, "EADDRNOTAVAIL: Cannot assign requested address"},
      {EADDRINUSE, FailureReason::local_resources, "EADDRINUSE: Address already in use"},
      {EAGAIN, FailureReason::local_resources, "EAGAIN: Resource temporarily unavailable"},
      {EMFILE, FailureReason::local_resources, "EMFILE: Too many open files"},
      {ENFILE, FailureReason::local_resources, "ENFILE: Too many open files in system"},
      {ENOBUFS, FailureReason::local_resources, "ENOBUFS: No buffer space available"},
      {ENOMEM, FailureReason::local_resources, "ENOMEM: Cannot allocate memory"},
      {EAFNOSUPPORT, FailureReason::local_resources,
       "EAFNOSUPPORT: Address family not supported by protocol"},
      {ETIMEDOUT, FailureReason::local_resources, "ETIMEDOUT: Connection timed out"},
  };
  for (const Row& row : rows) {
    const IoVerdict verdict = classify_immediate(row.error);
    EXPECT_EQ(verdict.reason, row.reason) << row.error;
    EXPECT_EQ(verdict.detail, row.detail);
  }
}

TEST(IoClassifier, WhatComesLaterIsTheHostsOrTheNetworks) {
  const std::vector<Row> rows{
      {ECONNREFUSED, FailureReason::connection_refused, ""},
      {ECONNRESET, FailureReason::connection_reset, ""},
      {EPIPE, FailureReason::connection_reset, ""},
      {ECONNABORTED, FailureReason::connection_reset, ""},
      {ETIMEDOUT, FailureReason::timeout, ""},
      {EHOSTUNREACH, FailureReason::host_unreachable, "EHOSTUNREACH: No route to host"},
      {EHOSTDOWN, FailureReason::host_unreachable, "EHOSTDOWN: Host is down"},
      {ENONET, FailureReason::host_unreachable, "ENONET: Machine is not on the network"},
      {EOPNOTSUPP, FailureReason::host_unreachable, "EOPNOTSUPP: Operation not supported"},
      {EACCES, FailureReason::host_unreachable, "EACCES: Permission denied (administratively prohibited)"},
      {EPERM, FailureReason::host_unreachable,
       "EPERM: Operation not permitted (administratively prohibited)"},
      {ENOPROTOOPT, FailureReason::host_unreachable,
       "ENOPROTOOPT: Protocol not available (protocol unreachable)"},
      {EPROTO, FailureReason::host_unreachable,
       "EPROTO: Protocol error (the network rejected a packet's header)"},
      {ENETUNREACH, FailureReason::network_unreachable, "ENETUNREACH: Network is unreachable"},
      {ENETDOWN, FailureReason::network_unreachable, "ENETDOWN: Network is down"},
      {ENOBUFS, FailureReason::local_resources, "ENOBUFS: No buffer space available"},
      {ENOMEM, FailureReason::local_resources, "ENOMEM: Cannot allocate memory"},
      {EMFILE, FailureReason::local_resources, "EMFILE: Too many open files"},
      {ENFILE, FailureReason::local_resources, "ENFILE: Too many open files in system"},
      {EBADF, FailureReason::internal_error, "unexpected socket error 9, EBADF: Bad file descriptor"},
      {ENOTCONN, FailureReason::internal_error,
       "unexpected socket error 107, ENOTCONN: Transport endpoint is not connected"},
      {4095, FailureReason::internal_error, "unexpected socket error 4095, errno 4095: Unknown error 4095"},
  };
  for (const Row& row : rows) {
    const IoVerdict verdict = classify_late(row.error, Phase::connect);
    EXPECT_EQ(verdict.reason, row.reason) << row.error;
    EXPECT_EQ(verdict.detail, row.detail);
  }
}

TEST(IoClassifier, OpenConnectionIsNeverRefused) {
  const IoVerdict verdict = classify_late(ECONNREFUSED, Phase::tls);
  EXPECT_EQ(verdict.reason, FailureReason::host_unreachable);
  EXPECT_EQ(verdict.detail, "ECONNREFUSED: Connection refused (port unreachable)");
}

TEST(IoClassifier, EveryLateReasonMayOccurInItsPhase) {
  for (const Phase phase :
       {Phase::connect, Phase::negotiate, Phase::tls, Phase::nla, Phase::mcs, Phase::licensing}) {
    for (int error = 1; error < 200; ++error) {
      const FailureReason reason = classify_late(error, phase).reason;
      EXPECT_TRUE(handshake::can_occur(reason, phase)) << error << ' ' << handshake::name(reason);
    }
  }
}

}  // namespace
}  // namespace rdpwatch::transport
