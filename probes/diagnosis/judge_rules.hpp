#pragma once
// The rules by the phase that failed, one file each. Private to this room: judge() calls them.

#include "probes/diagnosis/evidence.hpp"
#include "probes/diagnosis/ranking.hpp"

namespace rdpwatch::diagnosis {

void judge_name(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
void judge_connection(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
void judge_negotiation(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
void judge_tls(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
/// What the certificate or the TLS version breaks of the module's policy.
void judge_policy(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
/// An expired certificate, in a policy's words or ours: "expired" is what this machine's clock says, so the
/// clocks are looked at first.
void judge_expiry(const Evidence& evidence, const std::string& expired, Ranking& ranking);
/// CredSSP, MCS, licensing.
void judge_session(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
/// What is wrong with a host that answers.
void judge_healthy(const Evidence& evidence, Ranking& ranking);

/// Causes that the rest of the fleet points at, whatever failed.
void judge_fleet(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);
/// What siblings, other addresses and the past say for and against the causes that are ranked already.
void weigh_company(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);

/// Some plain connections failed in this phase and others passed it: what is wrong comes and goes.
bool is_unsteady(const Evidence& evidence, handshake::Phase phase);
/// "2 of 5 connections failed in tls, the others passed it".
std::string unsteady_text(const Evidence& evidence, handshake::Phase phase);
/// The causes of an unsteady target, by how its connections end.
void judge_unsteady(const Evidence& evidence, const handshake::Failure& failure, Ranking& ranking);

/// A patient connection was answered in the end: true, and the host is slow.
bool judge_late_answer(const Evidence& evidence, handshake::Phase phase, Ranking& ranking);
/// Connections that came so far were followed by ones that were not even accepted: true, and the door was
/// shut to this prober.
bool judge_shut_door(const Evidence& evidence, Ranking& ranking);

/// A segment of ours that was sent again so often within a phase did not arrive, or its acknowledgement did
/// not.
inline constexpr std::uint32_t kNotArriving = 3;
/// The connect phase of a connection whose SYN or its answer was lost takes so long and longer.
inline constexpr handshake::Duration kSynAgain = std::chrono::milliseconds(900);

/// A Windows server ends connections that are not ready after this long (MS-RDPBCGR 3.3.2).
bool is_servers_timer(handshake::Duration duration);
/// Whose timer ends a connection after this long, as a hint; empty for a duration that no known timer has.
std::string_view timer_owner(handshake::Duration duration);
/// The patient connection's wait when it was ended by a peer; nothing when there was none or it ended in
/// silence.
std::optional<handshake::Duration> patient_end(const Evidence& evidence);

}  // namespace rdpwatch::diagnosis
