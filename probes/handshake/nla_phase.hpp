#pragma once
// Phase `nla`: CredSSP (MS-CSSP 3.1.5) with an NTLM NEGOTIATE, up to the server's CHALLENGE. No AUTHENTICATE
// is ever sent: nothing is logged as a logon attempt, no account is touched.

#include <cstdint>
#include <optional>

#include "probes/handshake/phase_step.hpp"
#include "probes/wire/credssp.hpp"
#include "probes/wire/ntlm.hpp"

namespace rdpwatch::handshake {

class NlaPhase {
 public:
  /// `early_authorization`: HYBRID_EX was selected, so the server may answer with an Early User Authorization
  /// Result.
  explicit NlaPhase(bool early_authorization) : early_authorization_(early_authorization) {}

  ActionBody begin() const;
  PhaseStep sent() const;
  PhaseStep received(const Bytes& bytes);

  /// The server closed in an orderly way. PhaseDone when that was its answer to the NEGOTIATE, else nothing:
  /// it broke off in the middle of one.
  std::optional<PhaseStep> closed();
  /// The server ended TLS with an alert. PhaseDone when that is how a server of CredSSP version 2 refuses
  /// NTLM.
  std::optional<PhaseStep> alerted(std::int64_t alert);

  /// After PhaseDone, and after a failure as far as the server got.
  const std::optional<NlaFacts>& facts() const { return facts_; }
  const std::optional<wire::NtlmChallenge>& challenge() const { return challenge_; }

 private:
  PhaseStep judge(const wire::TsRequest& request);
  PhaseStep judge_error(std::uint32_t ntstatus);
  PhaseStep judge_token(const Bytes& token);
  PhaseStep judge_early_authorization();
  PhaseStep done(NlaOutcome outcome);

  bool early_authorization_;
  Bytes buffer_;
  std::optional<NlaFacts> facts_;
  std::optional<wire::NtlmChallenge> challenge_;
};

}  // namespace rdpwatch::handshake
