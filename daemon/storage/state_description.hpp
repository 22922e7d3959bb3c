#pragma once
// The members of the fleet's state that are kept over a restart, for json_codec.hpp. Not kept are counters,
// which begin anew as Prometheus expects: after a crash the last ones written could be a few lower than the
// last ones scraped, which reads as a reset from zero. What the inventory says is not kept either.

#include <boost/describe.hpp>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::handshake {

BOOST_DESCRIBE_ENUM(TlsProfile, modern, legacy)
BOOST_DESCRIBE_ENUM(TlsVersion, tls10, tls11, tls12, tls13)
BOOST_DESCRIBE_ENUM(CertificateProblem, expired, not_yet_valid, self_signed, untrusted, name_mismatch,
                    weak_key, weak_signature, no_server_auth_eku)
BOOST_DESCRIBE_ENUM(NlaOutcome, challenge, no_credssp, ntlm_refused, closed_on_negotiate, error_code)
BOOST_DESCRIBE_ENUM(LicensingOutcome, valid_client, license_request, demand_active, redirection)
BOOST_DESCRIBE_ENUM(Verdict, success, failure, local_fault, abandoned)
BOOST_DESCRIBE_ENUM(Acceptance, unknown, no, yes)

BOOST_DESCRIBE_STRUCT(PhaseTiming, (), (phase, duration))
BOOST_DESCRIBE_STRUCT(IoMoment, (), (last_sent, since_last_send, bytes_received))
BOOST_DESCRIBE_STRUCT(NegotiationAttempt, (), (requested, profile, phase, reason, detail, moment))
BOOST_DESCRIBE_STRUCT(NegotiationFacts, (), (requested, selected, flags, attempts))
BOOST_DESCRIBE_STRUCT(TlsFacts, (), (version, cipher, group, profile, needs_legacy, hello_time))
BOOST_DESCRIBE_STRUCT(CertificateFacts, (),
                      (subject, issuer, subject_cn, issuer_cn, sans, serial, sha256, not_before, not_after,
                       key_type, key_bits, signature_algorithm, self_signed, problems))
BOOST_DESCRIBE_STRUCT(NlaFacts, (), (outcome, version, error_code))
BOOST_DESCRIBE_STRUCT(HostFacts, (),
                      (netbios_computer, netbios_domain, dns_computer, dns_domain, dns_forest, os_build,
                       os_name, clock_skew, name_mismatch))
BOOST_DESCRIBE_STRUCT(McsFacts, (),
                      (version, requested_protocols, encryption_method, encryption_level, rdp_key_bits))
BOOST_DESCRIBE_STRUCT(LicensingFacts, (), (outcome, company, product_id, scopes))
BOOST_DESCRIBE_STRUCT(TransportFacts, (), (rtt, retransmits))
BOOST_DESCRIBE_STRUCT(NotApplicable, (), (phase, why))
BOOST_DESCRIBE_STRUCT(Failure, (), (phase, reason, detail, number, moment))
// `target` is the row's key, `certificate` and `host` are shared (state_json.hpp).
BOOST_DESCRIBE_STRUCT(ProbeResult, (),
                      (address, group, module, started, duration, gate_wait, connections, verdict, failure,
                       abandoned_why, phases, addresses, addresses_complete, negotiation, tls,
                       hello_clock_skew, nla, mcs, licensing, transport, not_applicable, findings))
BOOST_DESCRIBE_STRUCT(ProtocolAnswer, (), (protocol, accepts, detail))
BOOST_DESCRIBE_STRUCT(TlsAnswer, (), (version, accepts, detail))
BOOST_DESCRIBE_STRUCT(AuditResult, (),
                      (target, address, group, module, started, duration, connections, verdict, failure,
                       abandoned_why, protocols, tls, nla_required, rdp_security, certificate, findings))

}  // namespace rdpwatch::handshake

namespace rdpwatch::diagnosis {

BOOST_DESCRIBE_ENUM(Likelihood, decisive, likely, possible)
BOOST_DESCRIBE_ENUM(ExperimentKind, repeat, other_address, known_address, known_name, without_cookie,
                    ask_nla_or_tls, ask_tls, ask_rdp, legacy_tls, only_tls12, without_sni, small_segments,
                    garbage, direct_tls, silence, patient, sibling)
BOOST_DESCRIBE_STRUCT(ExperimentRecord, (), (kind, target, address, passed, outcome))
BOOST_DESCRIBE_STRUCT(RankedCause, (), (likelihood, evidence, against))
BOOST_DESCRIBE_STRUCT(Diagnosis, (), (judged, failure, causes, experiments))

}  // namespace rdpwatch::diagnosis

namespace rdpwatch::fleet {

BOOST_DESCRIBE_ENUM(TargetStatus, up, down, flapping, unknown, maintenance)
BOOST_DESCRIBE_STRUCT(HostClock, (), (hint, skew))
BOOST_DESCRIBE_STRUCT(UnexpectedChange, (), (when, why))
BOOST_DESCRIBE_STRUCT(SeenCertificate, (), (sha256, first_seen, last_seen, not_after))
BOOST_DESCRIBE_STRUCT(RunFailure, (), (phase, reason))
BOOST_DESCRIBE_STRUCT(TargetState, (),
                      (status, status_since, first_seen, name_missing_since, failing_since,
                       consecutive_failures, last_run, last_success, verdicts, clock,
                       durations, runs, last_address, last_good_address, certificates, audit, diagnosis,
                       unexpected_change))

}  // namespace rdpwatch::fleet
