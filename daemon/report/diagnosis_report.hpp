#pragma once
// A diagnosis as a page that an administrator can act on: text for a terminal, Markdown and JSON for tickets.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/report/text_style.hpp"
#include "daemon/report/verdict.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/diagnostician.hpp"

namespace rdpwatch::report {

/// A host of the same group, probed at the same time; none that could not be probed.
struct SiblingLine {
  std::string target;
  bool up = false;
  std::string outcome;  ///< how it ended, for people
};

struct DiagnosisReport {
  handshake::ProbeResult result;  ///< the probe that was diagnosed
  diagnosis::Diagnosis diagnosis;
  diagnosis::FleetContext fleet;
  std::vector<SiblingLine> siblings;
  std::optional<diagnosis::Platform> platform;
};

/// Of the siblings that were probed; where none was, of those that the fleet knows a verdict of.
struct SiblingCount {
  std::size_t up = 0;
  std::size_t all = 0;
};
SiblingCount count_siblings(const DiagnosisReport& report);
/// "9 of 9 others of the group answer".
std::string sibling_sentence(const SiblingCount& count);

/// Whether the fault is the prober's, the way's or the host's, as far as the evidence says, in one sentence.
std::string us_or_them(const DiagnosisReport& report);

/// `causes` of the contract: each with its checks and the fixes that fit the platform.
boost::json::array causes_json(const std::vector<diagnosis::RankedCause>& causes,
                               std::optional<diagnosis::Platform> platform);

std::string to_text(const DiagnosisReport& report, const Thresholds& thresholds, const TextStyle& style);
std::string to_markdown(const DiagnosisReport& report, const Thresholds& thresholds);
/// The probe's JSON with `causes`, `experiments`, `siblings` and `us_or_them`.
boost::json::object to_json(const DiagnosisReport& report);

/// "on the host, in an elevated PowerShell: TEXT", for a check or a fix.
template <typename Step>
std::string placed(const Step& step, const std::string& text) {
  const std::string_view where = describe_place(step);
  return where.empty() ? text : std::string(where) + ": " + text;
}

/// " (Azure, AWS)"; empty for a fix that is for all platforms.
std::string only_for(const diagnosis::Fix& fix);

/// What an experiment tried, and where, when that is another place than the probe's.
std::string tried(const DiagnosisReport& report, const diagnosis::ExperimentRecord& record);

/// The page in a few words: the first cause's title, else the failure; "cut off: interrupted".
std::string headline_words(const DiagnosisReport& report);

/// "CN=ts09, 5 days left"; empty where the certificate gives nothing to worry about.
std::string certificate_worry(const handshake::ProbeResult& result, const Thresholds& thresholds);

/// A check or a fix: where, what, the command (which may have several lines), what to expect or mind.
std::string in_words(const diagnosis::Check& check);
std::string in_words(const diagnosis::Fix& fix);

}  // namespace rdpwatch::report
