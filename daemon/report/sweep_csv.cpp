#include "daemon/report/sweep_csv.hpp"

#include "daemon/report/csv_row.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::report {
namespace {

using handshake::ProbeResult;

constexpr std::string_view kHeader =
    "target,group,module,address,state,phase,reason,category,detail,client_error,started,duration_seconds,"
    "selected,"
    "tls_version,cipher,certificate_subject,certificate_issuer,certificate_sha256,certificate_not_after,"
    "certificate_days_to_expiry,certificate_problems,findings\r\n";

std::string joined(const auto& range, auto&& text_of) {
  std::string out;
  for (const auto& element : range) out.append(out.empty() ? "" : " ").append(text_of(element));
  return out;
}

void put_failure(CsvRow& row, const ProbeResult& result) {
  if (!result.failure) {
    row.empty(3);
    row.text(result.abandoned_why);
    row.empty(1);
    return;
  }
  const auto& failure = *result.failure;
  row.text(handshake::name(failure.phase));
  row.text(handshake::name(failure.reason));
  row.text(handshake::name(handshake::category(failure.reason)));
  row.text(failure.detail);
  const auto error = diagnosis::client_error(failure);
  row.text(error ? to_label(*error) : "");
}

void put_certificate(CsvRow& row, const ProbeResult& result) {
  if (!result.certificate) {
    row.empty(6);
    return;
  }
  const auto& facts = *result.certificate;
  row.text(facts.subject);
  row.text(facts.issuer);
  row.text(facts.sha256);
  row.text(rfc3339_seconds(facts.not_after));
  row.number(round_to_tenth(days_to_expiry(result, facts)));
  row.text(joined(facts.problems, [](auto problem) { return handshake::name(problem); }));
}

}  // namespace

std::string to_csv(const SweepSummary& summary, const Thresholds& thresholds) {
  std::string out(kHeader);
  for (const ProbeResult* result : summary.worst_first) {
    CsvRow row;
    row.text(result->target);
    row.text(result->group);
    row.text(result->module);
    row.text(result->address);
    row.text(label(judge(*result, thresholds)));
    put_failure(row, *result);
    row.text(rfc3339_milliseconds(result->started));
    row.number(seconds(result->duration));
    const bool selected = result->negotiation && result->negotiation->selected;
    row.text(selected ? protocol_label(*result->negotiation->selected) : "");
    row.text(result->tls ? handshake::name(result->tls->version) : "");
    row.text(result->tls ? std::string_view(result->tls->cipher) : "");
    put_certificate(row, *result);
    row.text(joined(result->findings, [](const std::string& id) -> const std::string& { return id; }));
    out += row.take();
  }
  return out;
}

}  // namespace rdpwatch::report
