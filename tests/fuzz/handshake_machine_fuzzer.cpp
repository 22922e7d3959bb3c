// The whole machine against a host and a driver that do anything: each input is a list of Events. However it
// goes, the probe ends, within a bounded number of connections, with exactly one verdict.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "probes/handshake/handshake_machine.hpp"

using namespace rdpwatch::handshake;

namespace {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  std::uint8_t byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  Bytes bytes() {
    Bytes bytes;
    for (std::size_t count = byte(); count > 0 && size_ > 0; --count) bytes.push_back(byte());
    return bytes;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

FailureReason reason(Input& input) {
  return kReasons[input.byte() % kReasons.size()].reason;
}

// Mostly the event that answers the action, sometimes any.
Event next_event(const Action& action, Input& input) {
  const std::uint8_t choice = input.byte();
  if (choice >= 0xF0) return choice & 1 ? Event{Abandoned{"stopped"}} : Event{Connected{}};
  const bool fails = choice < 0x40;
  if (std::holds_alternative<ResolveName>(action.what)) {
    if (fails) return ResolveFailed{reason(input), "detail"};
    return Resolved{choice & 1 ? std::vector<std::string>{"10.0.0.1"}
                               : std::vector<std::string>{"10.0.0.1", "::1"}};
  }
  if (std::holds_alternative<AdmitConnection>(action.what)) {
    return fails ? Event{AdmissionDenied{"rate_cap"}} : Event{Admitted{}};
  }
  const bool talks =
      std::holds_alternative<SendBytes>(action.what) || std::holds_alternative<ReceiveBytes>(action.what);
  if (talks && choice < 0x10) return TlsFailed{reason(input), 49, "detail", {}, {}, {}};
  if (fails)
    return choice < 0x20 ? Event{DeadlineReached{}} : Event{IoFailed{reason(input), 0, "detail", 0, {}, {}}};
  if (std::holds_alternative<ConnectTo>(action.what)) return Connected{};
  if (std::holds_alternative<SendBytes>(action.what)) return Sent{};
  if (std::holds_alternative<ReceiveBytes>(action.what)) return BytesReceived{input.bytes()};
  if (choice & 1) return TlsFailed{reason(input), {}, "detail", {}, {}, {}};
  TlsFacts tls;
  if (choice & 2) tls.hello_time = static_cast<std::uint32_t>(choice) << 24;
  return TlsEstablished{std::move(tls), {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  ProbePlan plan;
  plan.host = "host";
  plan.host_is_literal = (input.byte() & 1) != 0;
  plan.depth = static_cast<Depth>(input.byte() % 7);
  if (plan.depth == Depth::mcs || plan.depth == Depth::licensing) plan.requested_protocols = input.byte() % 2;
  const std::uint8_t choices = input.byte();
  plan.require_tls = (choices & 1) != 0;
  plan.send_sni = (choices & 2) == 0;
  plan.tls_at_once = (choices & 4) != 0;
  plan.garbage_for_client_hello = (choices & 8) != 0;
  HandshakeMachine machine(plan);
  TimePoint now{};
  Action action = machine.resume(Start{}, now);
  int steps = 0;
  while (!std::holds_alternative<Finish>(action.what)) {
    if (++steps > 2000) std::abort();
    now += std::chrono::milliseconds(1);
    action = machine.resume(input.empty() ? Event{Abandoned{"end"}} : next_event(action, input), now);
  }
  machine.connection_closed({});
  const ProbeResult& result = machine.result();
  const bool failed = result.verdict == Verdict::failure || result.verdict == Verdict::local_fault;
  if (failed != result.failure.has_value()) std::abort();
  if (result.connections > 6) std::abort();
  if (plan.tls_at_once && result.negotiation) std::abort();
  if (plan.garbage_for_client_hello && result.tls) std::abort();
  if (result.failure && result.failure->phase == Phase::resolve && result.failure->moment) std::abort();
  for (const std::string& finding : result.findings) {
    if (std::ranges::count(result.findings, finding) != 1) std::abort();
  }
  return 0;
}
