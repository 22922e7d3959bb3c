#include "probes/handshake/negotiate_phase.hpp"

#include <array>
#include <cstdio>
#include <span>
#include <utility>

#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/pdu_failure.hpp"
#include "probes/wire/tpkt.hpp"
#include "probes/wire/x224.hpp"

namespace rdpwatch::handshake {
namespace {

PhaseFailure from_failure_code(std::uint32_t code) {
  const auto failure = [code](FailureReason reason, std::string_view constant) {
    return PhaseFailure{reason,
                        "RDP_NEG_FAILURE " + std::to_string(code) + " (" + std::string(constant) + ")", code};
  };
  switch (static_cast<wire::NegotiationFailureCode>(code)) {
    case wire::NegotiationFailureCode::ssl_required_by_server:
      return failure(FailureReason::ssl_required_by_server, "SSL_REQUIRED_BY_SERVER");
    case wire::NegotiationFailureCode::ssl_not_allowed_by_server:
      return failure(FailureReason::ssl_not_allowed_by_server, "SSL_NOT_ALLOWED_BY_SERVER");
    case wire::NegotiationFailureCode::ssl_cert_not_on_server:
      return failure(FailureReason::ssl_cert_not_on_server, "SSL_CERT_NOT_ON_SERVER");
    case wire::NegotiationFailureCode::inconsistent_flags:
      return failure(FailureReason::inconsistent_flags, "INCONSISTENT_FLAGS");
    case wire::NegotiationFailureCode::hybrid_required_by_server:
      return failure(FailureReason::hybrid_required_by_server, "HYBRID_REQUIRED_BY_SERVER");
    case wire::NegotiationFailureCode::ssl_with_user_auth_required_by_server:
      return failure(FailureReason::ssl_with_user_auth_required_by_server,
                     "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER");
  }
  return {FailureReason::negotiation_failure_unknown,
          "RDP_NEG_FAILURE " + std::to_string(code) + ", a code that the specification does not list", code};
}

std::string hex(std::uint32_t value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%02X", value);
  return text.data();
}

}  // namespace

NegotiatePhase::NegotiatePhase(std::string cookie, std::uint32_t requested_protocols)
    : cookie_(std::move(cookie)), requested_(requested_protocols) {}

ActionBody NegotiatePhase::begin() const {
  return SendBytes{wire::encode_connection_request(cookie_, requested_), "Connection Request"};
}

PhaseStep NegotiatePhase::sent() const {
  return receive_up_to(wire::kMaxConnectionConfirm);
}

PhaseStep NegotiatePhase::received(const Bytes& bytes) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  const auto framed = wire::frame_tpkt(buffer_, wire::kMaxConnectionConfirm);
  if (framed.malformed() != nullptr) return pdu_failure(*framed.malformed(), buffer_, FailureReason::not_rdp);
  if (framed.need_more() != nullptr) {
    return receive_up_to(wire::kMaxConnectionConfirm - buffer_.size());
  }
  const auto pdu = std::span(buffer_).first(framed.value());
  const auto confirm = wire::decode_connection_confirm(pdu);
  if (confirm.malformed() != nullptr) return pdu_failure(*confirm.malformed(), pdu, FailureReason::not_rdp);
  const PhaseStep step = judge(confirm.value().negotiation);
  // A server may say goodbye after a failure, but before TLS it has nothing more to say.
  if (std::holds_alternative<PhaseDone>(step) && buffer_.size() > framed.value() &&
      is_tls_based(response_.selected_protocol)) {
    return PhaseFailure{FailureReason::unexpected_pdu,
                        "bytes after the Connection Confirm, before the ClientHello: " +
                            describe_bytes(std::span(buffer_).subspan(framed.value())),
                        std::nullopt};
  }
  return step;
}

PhaseStep NegotiatePhase::judge(const wire::NegotiationAnswer& answer) {
  if (const auto* failure = std::get_if<wire::NegotiationFailure>(&answer))
    return from_failure_code(failure->code);
  if (const auto* response = std::get_if<wire::NegotiationResponse>(&answer)) {
    const std::uint32_t selected = response->selected_protocol;
    const bool one_bit = (selected & (selected - 1)) == 0;
    // PROTOCOL_RDP is always allowed: xrdp selects it whatever was asked, and policy judges it later.
    if (selected != wire::protocol::kRdp && (!one_bit || (selected & requested_) == 0)) {
      return PhaseFailure{
          FailureReason::unexpected_pdu,
          "selectedProtocol " + hex(selected) + " was not requested (" + hex(requested_) + ")", selected};
    }
    response_ = *response;
  }
  return PhaseDone{};
}

bool is_tls_based(std::uint32_t selected_protocol) {
  return selected_protocol != wire::protocol::kRdp;
}

bool is_nla(std::uint32_t selected_protocol) {
  return selected_protocol == wire::protocol::kHybrid || selected_protocol == wire::protocol::kHybridEx;
}

}  // namespace rdpwatch::handshake
