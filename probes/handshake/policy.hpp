#pragma once
// The module's policy, judged after everything was captured: what a host offers may be measured and still not
// allowed.

#include <optional>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::handshake {

/// The first rule of the plan that the result breaks, in the order require_tls, require_nla (phase
/// negotiate), tls.min_version, fail_on (phase tls). Nothing when all hold or nothing was captured to judge.
std::optional<Failure> judge_policy(const ProbePlan& plan, const ProbeResult& result);

/// Ids of what is wrong with the result without failing it, in a fixed order.
std::vector<std::string> findings_of(const ProbePlan& plan, const ProbeResult& result);

/// Whether the proprietary certificate of standard RDP security has a key that can be broken.
bool is_weak_rdp_key(const McsFacts& mcs);

}  // namespace rdpwatch::handshake
