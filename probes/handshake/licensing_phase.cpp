#include "probes/handshake/licensing_phase.hpp"

#include <string>
#include <utility>

#include "probes/handshake/pdu_failure.hpp"
#include "probes/handshake/server_refusal.hpp"
#include "probes/wire/client_info.hpp"
#include "probes/wire/mcs.hpp"

namespace rdpwatch::handshake {

ActionBody LicensingPhase::begin() const {
  return SendBytes{wire::encode_send_data_request(user_, io_channel_, wire::encode_client_info()),
                   "Client Info"};
}

PhaseStep LicensingPhase::sent() {
  return next();
}

PhaseStep LicensingPhase::received(const Bytes& bytes) {
  stream_.append(bytes);
  return next();
}

PhaseStep LicensingPhase::next() {
  while (true) {
    const auto tpkt = stream_.next();
    if (tpkt.malformed() != nullptr) return pdu_failure(*tpkt.malformed(), stream_.rest());
    if (tpkt.need_more() != nullptr) return receive_up_to(kReceiveChunk);
    if (++messages_ > kMaxSessionMessages) {
      return PhaseFailure{FailureReason::unexpected_pdu, "more than 32 messages and none about licences",
                          std::nullopt};
    }
    const auto pdu = wire::decode_mcs_pdu(tpkt.value());
    if (pdu.malformed() != nullptr) return pdu_failure(*pdu.malformed(), tpkt.value());
    if (const auto* ultimatum = std::get_if<wire::DisconnectProviderUltimatum>(&pdu.value()))
      return ultimatum_failure(*ultimatum);
    const auto* indication = std::get_if<wire::SendDataIndication>(&pdu.value());
    if (indication == nullptr) {
      return pdu_failure({wire::DecodeError::unexpected, "an MCS message of the channel connection"},
                         tpkt.value());
    }
    const auto message = wire::decode_server_message(indication->data);
    if (message.malformed() != nullptr) return pdu_failure(*message.malformed(), indication->data);
    if (auto step = take(message.value())) return std::move(*step);
  }
}

// Nothing: the message is about something else, the next one counts.
std::optional<PhaseStep> LicensingPhase::take(const wire::ServerMessage& message) {
  if (const auto* license = std::get_if<wire::LicenseMessage>(&message)) return take(*license);
  if (const auto* error = std::get_if<wire::SetErrorInfo>(&message)) {
    if (error->code == 0) return std::nullopt;
    return error_info_failure(error->code);
  }
  if (std::holds_alternative<wire::DemandActive>(message)) {
    facts_.outcome = LicensingOutcome::demand_active;
    return PhaseDone{};
  }
  if (std::holds_alternative<wire::ServerRedirection>(message)) {
    facts_.outcome = LicensingOutcome::redirection;
    return PhaseDone{};
  }
  return std::nullopt;
}

std::optional<PhaseStep> LicensingPhase::take(const wire::LicenseMessage& message) {
  if (const auto* alert = std::get_if<wire::LicenseAlert>(&message)) {
    if (alert->code != wire::license_error::kValidClient) return license_alert_failure(alert->code);
    facts_.outcome = LicensingOutcome::valid_client;
    return PhaseDone{};
  }
  if (const auto* request = std::get_if<wire::LicenseRequest>(&message)) {
    facts_ = {LicensingOutcome::license_request, request->company, request->product_id, request->scopes};
    return PhaseDone{};
  }
  const auto& other = std::get<wire::OtherLicenseMessage>(message);
  return PhaseFailure{
      FailureReason::unexpected_pdu,
      "licensing message " + wire::describe_license_message_type(other.type) + " before a LICENSE_REQUEST",
      other.type};
}

}  // namespace rdpwatch::handshake
