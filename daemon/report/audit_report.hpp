#pragma once
// Audits as text, JSON (schema rdpwatch.audit/1) and CSV. What is not known is absent in JSON, empty in CSV
// and "not known" in text.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "daemon/report/text_style.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/handshake/audit.hpp"

namespace rdpwatch::report {

/// `failed`: too little could be learnt; `critical`: the certificate is at or past its critical days;
/// `warning`: there is a finding, a certificate problem other than self_signed, or a question that was not
/// answered; `unknown`: a fault of our own machine, or cut off.
State judge(const handshake::AuditResult& audit, const Thresholds& thresholds);

/// Protocols and TLS versions whose answer is not known. Of a host that chose no protocol with TLS, the
/// versions are no open questions.
std::vector<std::string> open_questions(const handshake::AuditResult& audit);

/// Of the worst: 2 with any failed or critical, else 3 with any unknown, else 1 with any warning, else 0.
int exit_code(const std::vector<handshake::AuditResult>& audits, const Thresholds& thresholds);

/// Worst state first, then by target.
void sort_worst_first(std::vector<handshake::AuditResult>& audits, const Thresholds& thresholds);

/// Everything about one host. Sections of which nothing is known are left out.
std::string to_text(const handshake::AuditResult& audit, const Thresholds& thresholds,
                    const TextStyle& style);
/// A few lines a host in the order given; below, how many hosts have each finding and what it means, and the
/// totals.
std::string to_text(const std::vector<handshake::AuditResult>& audits, const Thresholds& thresholds,
                    const TextStyle& style);

boost::json::object to_json(const handshake::AuditResult& audit);
/// One row a host with a header row.
std::string to_csv(const std::vector<handshake::AuditResult>& audits, const Thresholds& thresholds);

}  // namespace rdpwatch::report
