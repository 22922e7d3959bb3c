#include "probes/handshake/nla_phase.hpp"

#include <algorithm>

#include "probes/handshake/pdu_failure.hpp"
#include "probes/wire/ntstatus.hpp"
#include "probes/wire/spnego.hpp"

namespace rdpwatch::handshake {
namespace {

constexpr std::uint8_t kCredSspVersion = 6;  // MS-CSSP 2.2.1; a server answers with its own
constexpr std::uint8_t kSequence = 0x30;     // how every TSRequest begins

// What a host answers whose policy knows no NTLM from outside (MS-ERREF 2.3.1): healthy, for Kerberos.
constexpr std::uint32_t kNtlmBlocked = 0xC0000418;
constexpr std::uint32_t kNotSupported = 0xC00000BB;
// The same in SSPI's numbers (MS-ERREF 2.1.1): SEC_E_UNSUPPORTED_FUNCTION and SEC_E_SECPKG_NOT_FOUND.
constexpr std::uint32_t kUnsupportedFunction = 0x80090302;
constexpr std::uint32_t kPackageNotFound = 0x80090305;

bool refuses_ntlm(std::uint32_t status) {
  return status == kNtlmBlocked || status == kNotSupported || status == kUnsupportedFunction ||
         status == kPackageNotFound;
}

// MS-CSSP 3.1.5 maps "logon denied" to this alert where there is no errorCode yet (version 2). We offered no
// credentials, so all that can have been denied is NTLM.
constexpr std::int64_t kAlertAccessDenied = 49;

FailureReason reason_of(wire::NtStatusReason reason) {
  switch (reason) {
    case wire::NtStatusReason::credentials_rejected:
      return FailureReason::credentials_rejected;
    case wire::NtStatusReason::account_restricted:
      return FailureReason::account_restricted;
    case wire::NtStatusReason::access_denied:
      return FailureReason::access_denied;
    case wire::NtStatusReason::nla_protocol_error:
      return FailureReason::nla_protocol_error;
  }
  return FailureReason::nla_protocol_error;
}

}  // namespace

ActionBody NlaPhase::begin() const {
  return SendBytes{wire::encode_ts_request(kCredSspVersion, wire::encode_ntlm_negotiate()), "NTLM NEGOTIATE"};
}

PhaseStep NlaPhase::sent() const {
  return receive_up_to(kReceiveChunk);
}

PhaseStep NlaPhase::received(const Bytes& bytes) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (early_authorization_ && !buffer_.empty() && buffer_.front() != kSequence)
    return judge_early_authorization();
  const auto decoded = wire::decode_ts_request(buffer_);
  if (decoded.malformed() != nullptr) return pdu_failure(*decoded.malformed(), buffer_);
  if (decoded.need_more() != nullptr) {
    return receive_up_to(std::min(decoded.need_more()->missing, kReceiveChunk));
  }
  return judge(decoded.value());
}

std::optional<PhaseStep> NlaPhase::closed() {
  if (!buffer_.empty()) return std::nullopt;
  return done(NlaOutcome::closed_on_negotiate);
}

std::optional<PhaseStep> NlaPhase::alerted(std::int64_t alert) {
  if (alert != kAlertAccessDenied || !buffer_.empty()) return std::nullopt;
  return done(NlaOutcome::ntlm_refused);
}

PhaseStep NlaPhase::judge(const wire::TsRequest& request) {
  facts_ = NlaFacts{NlaOutcome::challenge, request.version, std::nullopt};
  if (request.error_code.value_or(0) != 0) return judge_error(*request.error_code);
  if (!request.nego_token || request.nego_token->empty()) return done(NlaOutcome::ntlm_refused);
  return judge_token(*request.nego_token);
}

PhaseStep NlaPhase::judge_error(std::uint32_t ntstatus) {
  facts_->error_code = ntstatus;
  if (refuses_ntlm(ntstatus)) return done(NlaOutcome::ntlm_refused);
  facts_->outcome = NlaOutcome::error_code;
  return PhaseFailure{reason_of(wire::find_ntstatus(ntstatus).reason),
                      "TSRequest errorCode " + wire::describe_ntstatus(ntstatus), ntstatus};
}

PhaseStep NlaPhase::judge_token(const Bytes& token) {
  auto decoded = wire::decode_ntlm_challenge(token);
  if (decoded.ok()) {
    challenge_ = decoded.value();
    return done(NlaOutcome::challenge);
  }
  if (wire::spnego_rejects(token)) return done(NlaOutcome::ntlm_refused);
  facts_.reset();
  return pdu_failure(*decoded.malformed(), token, FailureReason::malformed_pdu);
}

// MS-RDPBCGR 2.2.10.2: without credentials it can only be a refusal.
PhaseStep NlaPhase::judge_early_authorization() {
  const auto decoded = wire::decode_early_user_authorization(buffer_);
  if (decoded.need_more() != nullptr) return receive_up_to(decoded.need_more()->missing);
  // Neither a TSRequest nor one of the two results: of no protocol that belongs here.
  if (decoded.malformed() != nullptr) {
    return pdu_failure({wire::DecodeError::foreign, decoded.malformed()->what}, buffer_);
  }
  if (decoded.value() == wire::EarlyUserAuthorization::access_denied) {
    return PhaseFailure{FailureReason::access_denied, "Early User Authorization Result: access denied",
                        static_cast<std::int64_t>(decoded.value())};
  }
  return PhaseFailure{FailureReason::unexpected_pdu,
                      "Early User Authorization Result: success, before any credentials were sent",
                      std::nullopt};
}

PhaseStep NlaPhase::done(NlaOutcome outcome) {
  if (!facts_) facts_.emplace();
  facts_->outcome = outcome;
  return PhaseDone{};
}

}  // namespace rdpwatch::handshake
