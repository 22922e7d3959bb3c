#include "probes/handshake/mcs_phase.hpp"

#include <algorithm>
#include <string>

#include "probes/handshake/pdu_failure.hpp"
#include "probes/handshake/server_refusal.hpp"
#include "probes/wire/rdp_negotiation.hpp"
#include "probes/wire/server_message.hpp"

namespace rdpwatch::handshake {
namespace {

McsFacts facts_of(const wire::ServerData& data) {
  McsFacts facts;
  facts.version = data.core.version;
  facts.requested_protocols = data.core.client_requested_protocols;
  facts.encryption_method = data.security.encryption_method;
  facts.encryption_level = data.security.encryption_level;
  if (data.security.certificate) facts.rdp_key_bits = data.security.certificate->key_bits;
  return facts;
}

}  // namespace

ActionBody McsPhase::begin() const {
  wire::ClientData client;
  client.selected_protocol = selected_protocol_;
  // Within TLS there is nothing left to encrypt (MS-RDPBCGR 2.2.1.3.3).
  client.encryption_methods = selected_protocol_ == wire::protocol::kRdp ? wire::encryption_method::kAll : 0;
  return SendBytes{wire::encode_connect_initial(wire::encode_conference_create_request(client)),
                   "MCS Connect-Initial"};
}

PhaseStep McsPhase::sent() {
  return next();
}

PhaseStep McsPhase::received(const Bytes& bytes) {
  stream_.append(bytes);
  return next();
}

PhaseStep McsPhase::next() {
  while (true) {
    const auto tpkt = stream_.next();
    if (tpkt.malformed() != nullptr) return pdu_failure(*tpkt.malformed(), stream_.rest());
    if (tpkt.need_more() != nullptr) return receive_up_to(kReceiveChunk);
    if (++messages_ > kMaxSessionMessages) {
      return PhaseFailure{FailureReason::unexpected_pdu, "more than 32 messages while channels were joined",
                          std::nullopt};
    }
    const auto pdu = wire::decode_mcs_pdu(tpkt.value());
    if (pdu.malformed() != nullptr) return pdu_failure(*pdu.malformed(), tpkt.value());
    if (auto step = take(pdu.value(), tpkt.value())) return std::move(*step);
  }
}

// Nothing: the message changes nothing, the next one counts.
std::optional<PhaseStep> McsPhase::take(const wire::McsPdu& pdu, const Bytes& tpkt) {
  if (const auto* response = std::get_if<wire::ConnectResponse>(&pdu)) return on(*response, tpkt);
  if (const auto* attached = std::get_if<wire::AttachUserConfirm>(&pdu)) return on(*attached);
  if (const auto* joined = std::get_if<wire::ChannelJoinConfirm>(&pdu)) return on(*joined);
  if (const auto* data = std::get_if<wire::SendDataIndication>(&pdu)) return on(*data);
  return ultimatum_failure(std::get<wire::DisconnectProviderUltimatum>(pdu));
}

std::optional<PhaseStep> McsPhase::on(const wire::ConnectResponse& response, const Bytes& tpkt) {
  if (awaiting_ != Awaiting::connect_response) return out_of_order("MCS Connect-Response");
  if (response.result != wire::kMcsSuccessful)
    return mcs_result_failure("MCS Connect-Response", response.result);
  const auto data = wire::decode_conference_create_response(response.user_data);
  if (data.malformed() != nullptr) return pdu_failure(*data.malformed(), tpkt);
  facts_ = facts_of(data.value());
  if (data.value().network) io_channel_ = data.value().network->io_channel;
  if (connect_only_ || facts_->encryption_method != 0) return PhaseDone{};
  Bytes bytes = wire::encode_erect_domain_request();
  const Bytes attach = wire::encode_attach_user_request();
  bytes.insert(bytes.end(), attach.begin(), attach.end());
  awaiting_ = Awaiting::attach_confirm;
  return ActionBody{SendBytes{std::move(bytes), "MCS Attach User Request"}};
}

std::optional<PhaseStep> McsPhase::on(const wire::AttachUserConfirm& confirm) {
  if (awaiting_ != Awaiting::attach_confirm) return out_of_order("MCS Attach User Confirm");
  if (confirm.result != wire::kMcsSuccessful)
    return mcs_result_failure("MCS Attach User Confirm", confirm.result);
  if (confirm.user == 0) {
    return PhaseFailure{FailureReason::malformed_pdu, "MCS Attach User Confirm without a user", std::nullopt};
  }
  user_ = confirm.user;
  return join(user_, Awaiting::user_join);
}

std::optional<PhaseStep> McsPhase::on(const wire::ChannelJoinConfirm& confirm) {
  const bool expected = awaiting_ == Awaiting::user_join || awaiting_ == Awaiting::io_join;
  if (!expected) return out_of_order("MCS Channel Join Confirm");
  if (confirm.result != wire::kMcsSuccessful)
    return mcs_result_failure("MCS Channel Join Confirm", confirm.result);
  const std::uint16_t joined = awaiting_ == Awaiting::user_join ? user_ : io_channel_;
  if (confirm.requested != joined) return out_of_order("MCS Channel Join Confirm of another channel");
  if (awaiting_ == Awaiting::user_join) return join(io_channel_, Awaiting::io_join);
  return PhaseDone{};
}

// A server may give its reasons before it goes, whatever we wait for.
std::optional<PhaseStep> McsPhase::on(const wire::SendDataIndication& indication) {
  const auto message = wire::decode_server_message(indication.data);
  if (message.malformed() != nullptr) return pdu_failure(*message.malformed(), indication.data);
  const auto* error = std::get_if<wire::SetErrorInfo>(&message.value());
  if (error == nullptr || error->code == 0) return std::nullopt;
  return error_info_failure(error->code);
}

PhaseStep McsPhase::join(std::uint16_t channel, Awaiting awaiting) {
  awaiting_ = awaiting;
  return ActionBody{SendBytes{wire::encode_channel_join_request(user_, channel), "MCS Channel Join Request"}};
}

PhaseStep McsPhase::out_of_order(const char* what) const {
  return PhaseFailure{FailureReason::unexpected_pdu, std::string(what) + " out of order", std::nullopt};
}

}  // namespace rdpwatch::handshake
