#include "probes/handshake/step_story.hpp"

#include <string_view>
#include <utility>
#include <variant>

#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"

namespace rdpwatch::handshake {
namespace {

/// RDP_NEG_REQ stands at the end of a Connection Request (MS-RDPBCGR 2.2.1.1.1): type 1, flags, the length 8
/// in two bytes, requestedProtocols in four, little-endian.
constexpr std::size_t kNegotiationRequest = 8;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string place(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// ", asks for ssl, hybrid"; empty for a message that asks for nothing.
std::string what_is_asked(const SendBytes& message) {
  if (message.what != "Connection Request" || message.bytes.size() < kNegotiationRequest) return "";
  const auto* const request = message.bytes.data() + message.bytes.size() - kNegotiationRequest;
  if (request[0] != 1 || request[2] != kNegotiationRequest || request[3] != 0) return "";
  std::string text;
  for (const auto protocol : protocol_names(request[4] | static_cast<std::uint32_t>(request[5]) << 8U))
    text.append(text.empty() ? ", asks for " : ", ").append(protocol);
  return text;
}

std::string bytes(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string start_of_tls(const StartTls& tls) {
  std::string text = "start TLS: send ClientHello (";
  text += tls.only_version ? "only " + std::string(name(*tls.only_version)) + ", " : std::string();
  text += std::string(name(tls.profile)) + " profile";
  return text + (tls.sni.empty() ? ", no server name)" : ", server name " + tls.sni + ")");
}

std::string why_not(const std::string& why) {
  if (why == "rate_cap") return "the connections a minute that this host may have are used up";
  if (why == "deadline") return "our limits leave no place in time";
  if (why == "overloaded") return "too many are waiting for our limits";
  return why;
}

}  // namespace

std::string StepStory::ending(FailureReason reason, const std::string& last_sent, TimePoint last_sent_at,
                              std::uint64_t bytes_received, TimePoint when) const {
  IoMoment moment;
  moment.last_sent = last_sent.empty() ? last_sent_ : last_sent;
  moment.since_last_send = when - (last_sent.empty() ? action_at_ : last_sent_at);
  moment.bytes_received = bytes_received;
  return describe_io(reason, moment);
}

void StepStory::doing(const Action& action, TimePoint now) {
  // Bytes that are waited for answer to what was sent, and their time counts from there.
  if (!std::holds_alternative<ReceiveBytes>(action.what)) action_at_ = now;
  std::string text = std::visit(
      Overloaded{[](const ResolveName& name) { return "resolve " + name.host; },
                 [](const AdmitConnection& to) {
                   return "ask our limits for a connection to " + place(to.address, to.port);
                 },
                 [this](const ConnectTo& to) {
                   last_sent_ = "SYN";
                   return "connect " + place(to.address, to.port);
                 },
                 [this](const SendBytes& message) {
                   last_sent_ = message.what;
                   return "send " + last_sent_ + ", " + bytes(message.bytes.size()) + what_is_asked(message);
                 },
                 [](const ReceiveBytes&) { return std::string(); },
                 [this](const StartTls& tls) {
                   last_sent_ = "ClientHello";
                   return start_of_tls(tls);
                 },
                 [](const Finish&) { return std::string("close the connection"); }},
      action.what);
  if (!text.empty()) say(now, std::move(text));
}

void StepStory::happened(const Event& event, TimePoint when) {
  const std::string after = " after " + to_text(when - action_at_);
  std::string text = std::visit(
      Overloaded{
          [](const Start&) { return std::string(); },
          [&](const Resolved& found) { return "resolved" + after + ": " + joined(found.addresses); },
          [&](const ResolveFailed& failed) {
            return std::string(name(failed.reason)) + after + ": " + failed.detail;
          },
          [](const Admitted& admitted) {
            return admitted.waited < std::chrono::milliseconds(1)
                       ? std::string("allowed")
                       : "allowed after " + to_text(admitted.waited);
          },
          [](const AdmissionDenied& denied) { return "not allowed: " + why_not(denied.why); },
          [&](const Connected&) { return "connected" + after; }, [](const Sent&) { return std::string(); },
          [&](const BytesReceived& received) {
            return "received " + bytes(received.bytes.size()) + after + ": " + describe_bytes(received.bytes);
          },
          [&](const IoFailed& failed) {
            if (category(failed.reason) == Category::local) return "our own machine: " + failed.detail;
            return ending(failed.reason, failed.last_sent, failed.last_sent_at, failed.bytes_received, when);
          },
          [&](const DeadlineReached& silent) {
            return ending(FailureReason::timeout, silent.last_sent, silent.last_sent_at,
                          silent.bytes_received, when);
          },
          [&](const TlsEstablished& done) {
            return std::string(name(done.tls.version)) + " with " + done.tls.cipher + after +
                   (done.certificate ? ", certificate " + done.certificate->subject : ", no certificate");
          },
          [&](const TlsFailed& failed) {
            return std::string(name(failed.reason)) + after + ": " + failed.detail;
          },
          [](const Abandoned& cut_off) { return "cut off: " + cut_off.why; }},
      event);
  if (!text.empty()) say(when, std::move(text));
}

void StepStory::ended(const ProbeResult& result, TimePoint now) {
  switch (result.verdict) {
    case Verdict::success:
      return say(now, "success in " + to_text(result.duration));
    case Verdict::failure:
      return say(now, "failure: " + describe(*result.failure));
    case Verdict::local_fault:
      return say(now, "a fault of our own: " + describe(*result.failure));
    case Verdict::abandoned:
      return say(now, "no verdict: " + why_not(result.abandoned_why));
  }
}

}  // namespace rdpwatch::handshake
