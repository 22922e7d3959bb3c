#pragma once
// RdpProber: the one awaitable loop that does what the HandshakeMachine asks, with sockets, TLS and DNS.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "probes/handshake/probe_plan.hpp"
#include "probes/handshake/probe_result.hpp"
#include "probes/handshake/probe_watch.hpp"
#include "probes/transport/connection_gate.hpp"
#include "probes/transport/resolver.hpp"

namespace rdpwatch::transport {

/// One instance an io_context (a worker thread); not thread-safe. Runs any number of probes at once.
class RdpProber {
 public:
  RdpProber(boost::asio::io_context& io, std::shared_ptr<ConnectionGate> gate,
            ResolverOptions resolver_options);
  ~RdpProber();
  RdpProber(const RdpProber&) = delete;
  RdpProber& operator=(const RdpProber&) = delete;

  /// Never throws for anything the network or the host does; every way out is in the result. When the
  /// coroutine is cancelled (terminal), the connection is closed and the result has Verdict::abandoned.
  boost::asio::awaitable<handshake::ProbeResult> probe(handshake::ProbePlan plan,
                                                       handshake::ProbeWatch watch = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdpwatch::transport
