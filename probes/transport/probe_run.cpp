#include "probes/transport/probe_run.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "probes/transport/certificate.hpp"
#include "probes/transport/certificate_judgement.hpp"
#include "probes/wire/mcs.hpp"

namespace rdpwatch::transport {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace handshake;
using Kind = IoOutcome::Kind;

namespace {

// Why a coroutine is cancelled: the daemon or the command stops, or the target is gone after a reload.
constexpr const char* kStopped = "stopped";

}  // namespace

ProbeRun::ProbeRun(ProberTools& tools, ProbePlan plan, ProbeWatch watch)
    : tools_(tools), plan_(std::move(plan)), watch_(std::move(watch)), machine_(plan_) {}

asio::awaitable<ProbeResult> ProbeRun::run() {
  Happened happened{Start{std::chrono::system_clock::now()}, Clock::now()};
  if (watch_.step) story_.emplace(watch_.step, happened.when);
  for (;;) {
    Action action = machine_.resume(std::move(happened.event), happened.when);
    if (const auto* finish = std::get_if<Finish>(&action.what)) {
      Bytes farewell;
      if (finish->leave_mcs) farewell = wire::encode_disconnect_provider_ultimatum();
      co_await close_connection(std::move(farewell));
      if (story_) story_->ended(machine_.result(), Clock::now());
      co_return machine_.take_result();
    }
    if (story_) story_->doing(action, Clock::now());
    happened = co_await perform(std::move(action));
    // Cancellation is signalled once, and what it interrupted may have been a wait whose end changes nothing.
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) happened.event = Abandoned{kStopped};
    if (story_) story_->happened(happened.event, happened.when);
  }
}

ProbeRun::Answer ProbeRun::perform(Action action) {
  const TimePoint deadline = action.deadline.value_or(TimePoint::max());
  if (auto* name = std::get_if<ResolveName>(&action.what)) return resolve(std::move(*name), deadline);
  if (auto* admission = std::get_if<AdmitConnection>(&action.what))
    return admit(std::move(*admission), action.deadline ? action.deadline : watch_.admit_by);
  if (auto* endpoint = std::get_if<ConnectTo>(&action.what)) return connect(std::move(*endpoint), deadline);
  if (auto* bytes = std::get_if<SendBytes>(&action.what)) return send(std::move(*bytes), deadline);
  if (auto* wanted = std::get_if<ReceiveBytes>(&action.what)) return receive(*wanted, deadline);
  return start_tls(std::move(std::get<StartTls>(action.what)), deadline);
}

ProbeRun::Answer ProbeRun::resolve(ResolveName action, TimePoint deadline) {
  try {
    Resolver::Outcome outcome = co_await tools_.resolver.resolve(std::move(action.host), deadline);
    Event event = std::visit([](auto& concrete) -> Event { return std::move(concrete); }, outcome);
    co_return Happened{std::move(event), Clock::now()};
  } catch (const boost::system::system_error&) {
    // Only cancellation comes as an exception.
  }
  co_return Happened{Abandoned{kStopped}, Clock::now()};
}

ProbeRun::Answer ProbeRun::admit(AdmitConnection action, std::optional<TimePoint> deadline) {
  co_await close_connection({});
  const TimePoint began = Clock::now();
  boost::system::error_code error;
  const auto address = asio::ip::make_address(action.address, error);
  if (error) {
    co_return Happened{Abandoned{"not an address: " + action.address}, began};
  }
  try {
    Admission admission = co_await tools_.gate.admit(tcp::endpoint(address, action.port), deadline);
    const TimePoint now = Clock::now();
    if (!admission.granted) co_return Happened{AdmissionDenied{std::move(admission.denied_why)}, now};
    slot_ = std::move(admission.slot);
    co_return Happened{Admitted{now - began}, now};
  } catch (const boost::system::system_error&) {
    // Only cancellation comes as an exception.
  }
  co_return Happened{Abandoned{kStopped}, Clock::now()};
}

ProbeRun::Answer ProbeRun::connect(ConnectTo action, TimePoint deadline) {
  const tcp::endpoint endpoint(asio::ip::make_address(action.address), action.port);
  connection_.emplace(tools_.io);
  SocketSettings settings{plan_.source_address, plan_.max_segment};
  IoOutcome outcome = co_await connection_->connect(endpoint, std::move(settings), deadline);
  if (outcome.kind == Kind::ok) co_return Happened{Connected{}, Clock::now()};
  co_return not_ok(std::move(outcome));
}

ProbeRun::Answer ProbeRun::send(SendBytes action, TimePoint deadline) {
  connection_->begin_answer();
  IoOutcome outcome = co_await connection_->send(action.bytes, deadline);
  if (outcome.kind == Kind::ok) co_return Happened{Sent{}, Clock::now()};
  co_return not_ok(std::move(outcome));
}

ProbeRun::Answer ProbeRun::receive(ReceiveBytes action, TimePoint deadline) {
  Bytes bytes;
  IoOutcome outcome = co_await connection_->receive(action.max, bytes, deadline);
  if (outcome.kind == Kind::ok) co_return Happened{BytesReceived{std::move(bytes)}, Clock::now()};
  co_return not_ok(std::move(outcome));
}

ProbeRun::Answer ProbeRun::start_tls(StartTls action, TimePoint deadline) {
  connection_->begin_answer();
  TlsOffer offer{action.profile, std::move(action.sni), action.only_version};
  IoOutcome outcome = co_await connection_->start_tls(tools_.tls_contexts, std::move(offer), deadline);
  const TimePoint now = Clock::now();
  if (outcome.kind == Kind::ok) co_return Happened{tls_done(), now};
  co_return Happened{tls_ended(outcome), now};
}

Event ProbeRun::tls_done() {
  std::string trust_error;
  TlsEstablished established{*connection_->tls()->facts(), certificate(trust_error)};
  if (trust_error.empty()) return established;
  // Without the authorities that the module names, its policy can't be judged: that is our own machine's
  // fault.
  return IoFailed{FailureReason::local_resources, 0, trust_error, 0, std::move(established.certificate), {}};
}

Event ProbeRun::tls_ended(const IoOutcome& outcome) {
  TlsSession& tls = *connection_->tls();
  if (outcome.kind == Kind::cancelled) return Abandoned{kStopped};
  std::string ignored;
  auto seen = certificate(ignored);
  const std::string last_sent(tls.last_sent());
  const TimePoint sent_at = tls.last_sent_at();
  if (outcome.kind == Kind::deadline) {
    return DeadlineReached{connection_->bytes_received(false), std::move(seen), last_sent, sent_at};
  }
  if (connection_->tls_ended()) {
    TlsFailed failed = tls_failed();
    failed.certificate = std::move(seen);
    failed.last_sent = last_sent;
    failed.last_sent_at = sent_at;
    return failed;
  }
  const bool closed = outcome.reason == FailureReason::connection_closed;
  return IoFailed{outcome.reason,  outcome.error, outcome.detail, connection_->bytes_received(closed),
                  std::move(seen), last_sent,     sent_at};
}

TlsFailed ProbeRun::tls_failed() {
  const TlsEnd& end = connection_->tls()->end();
  TlsFailed failed{FailureReason::tls_protocol_error, std::nullopt, end.detail, {}, {}, {}};
  failed.bytes_received = connection_->bytes_received(false);
  if (end.alert) failed.alert = *end.alert;
  if (end.kind == TlsEndKind::alert) failed.reason = FailureReason::tls_alert;
  if (end.kind == TlsEndKind::not_spoken) failed.reason = FailureReason::tls_not_spoken;
  return failed;
}

std::optional<CertificateFacts> ProbeRun::certificate(std::string& trust_error) {
  TlsSession& tls = *connection_->tls();
  if (tls.leaf() == nullptr) return std::nullopt;
  Expectation expectation{std::chrono::system_clock::now(), plan_.server_name, nullptr, tls.chain()};
  if (expectation.name.empty() && !plan_.host_is_literal) expectation.name = plan_.host;
  TrustStore trust;
  if (!plan_.ca_file.empty()) {
    trust = tools_.trust_stores.get(plan_.ca_file);
    expectation.trust_store = trust.store.get();
    trust_error = trust.error;
  }
  const auto& known = plan_.known_certificate;
  const bool same = known && known->sha256 == fingerprint(tls.leaf());
  CertificateFacts facts = same ? *known : certificate_facts(tls.leaf());
  facts.problems = judge(tls.leaf(), facts, expectation);
  return facts;
}

ProbeRun::Happened ProbeRun::not_ok(IoOutcome outcome) {
  const TimePoint now = Clock::now();
  if (outcome.kind == Kind::cancelled) return {Abandoned{kStopped}, now};
  if (outcome.kind == Kind::deadline) {
    DeadlineReached reached;
    reached.bytes_received = connection_->bytes_received(false);
    return {std::move(reached), now};
  }
  if (connection_->tls_ended()) return {tls_failed(), now};
  const bool closed = outcome.reason == FailureReason::connection_closed;
  IoFailed failed{
      outcome.reason, outcome.error, std::move(outcome.detail), connection_->bytes_received(closed), {}, {}};
  return {std::move(failed), now};
}

asio::awaitable<void> ProbeRun::close_connection(Bytes farewell) {
  if (connection_) {
    const auto facts = co_await connection_->close(std::move(farewell));
    if (facts) machine_.connection_closed(*facts);
    connection_.reset();
  }
  slot_ = ConnectionSlot();
}

}  // namespace rdpwatch::transport
