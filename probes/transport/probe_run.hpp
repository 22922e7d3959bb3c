#pragma once
// ProbeRun: the driver of one HandshakeMachine. It does each Action and comes back with an Event; it decides
// nothing.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "probes/handshake/handshake_machine.hpp"
#include "probes/handshake/probe_watch.hpp"
#include "probes/handshake/step_story.hpp"
#include "probes/transport/certificate_trust.hpp"
#include "probes/transport/connection.hpp"
#include "probes/transport/connection_gate.hpp"
#include "probes/transport/resolver.hpp"

namespace rdpwatch::transport {

/// What all probes of a worker share. Everything outlives every ProbeRun.
struct ProberTools {
  boost::asio::io_context& io;
  ConnectionGate& gate;
  Resolver& resolver;
  const TlsContexts& tls_contexts;
  TrustStores& trust_stores;
};

class ProbeRun {
 public:
  ProbeRun(ProberTools& tools, handshake::ProbePlan plan, handshake::ProbeWatch watch);

  /// Runs the machine to its end and closes the last connection.
  boost::asio::awaitable<handshake::ProbeResult> run();

 private:
  /// An Event and when it happened: what the driver does afterwards (decoding a certificate) is not the
  /// host's time.
  struct Happened {
    handshake::Event event;
    handshake::TimePoint when;
  };
  using Answer = boost::asio::awaitable<Happened>;

  Answer perform(handshake::Action action);
  Answer resolve(handshake::ResolveName action, handshake::TimePoint deadline);
  Answer admit(handshake::AdmitConnection action, std::optional<handshake::TimePoint> deadline);
  Answer connect(handshake::ConnectTo action, handshake::TimePoint deadline);
  Answer send(handshake::SendBytes action, handshake::TimePoint deadline);
  Answer receive(handshake::ReceiveBytes action, handshake::TimePoint deadline);
  Answer start_tls(handshake::StartTls action, handshake::TimePoint deadline);

  boost::asio::awaitable<void> close_connection(handshake::Bytes farewell);
  Happened not_ok(IoOutcome outcome);
  handshake::Event tls_done();
  handshake::Event tls_ended(const IoOutcome& outcome);
  handshake::TlsFailed tls_failed();
  std::optional<handshake::CertificateFacts> certificate(std::string& trust_error);

  ProberTools& tools_;
  handshake::ProbePlan plan_;
  handshake::ProbeWatch watch_;
  handshake::HandshakeMachine machine_;
  std::optional<handshake::StepStory> story_;  ///< where somebody listens
  ConnectionSlot slot_;
  std::optional<Connection> connection_;
};

}  // namespace rdpwatch::transport
