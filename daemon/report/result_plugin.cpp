#include "daemon/report/result_plugin.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/time_text.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::report {
namespace {

using handshake::ProbeResult;
using handshake::Verdict;

std::string_view status_word(State state) {
  return state == State::failed ? name(State::critical) : name(state);
}

std::string certificate_words(const ProbeResult& result, const Thresholds& thresholds) {
  const double days = days_to_expiry(result, *result.certificate);
  std::string out = "certificate ";
  if (days <= 0) {
    out += days_left_in_words(days);
  } else if (days > thresholds.warning_days && days > thresholds.critical_days) {
    out += decimal(std::floor(days)) + (std::floor(days) == 1 ? " day" : " days");
  } else {
    const bool critical = days <= thresholds.critical_days;
    out += days_left_in_words(days);
    out += critical ? " (critical at " + decimal(thresholds.critical_days) + ")"
                    : " (warning at " + decimal(thresholds.warning_days) + ")";
  }
  std::string problems;
  for (const auto problem : result.certificate->problems) {
    if (problem == handshake::CertificateProblem::self_signed) continue;
    problems.append(problems.empty() ? ", certificate problems: " : " ").append(handshake::name(problem));
  }
  return out + problems;
}

std::string failure_words(const ProbeResult& result) {
  const auto& failure = *result.failure;
  const bool ours = result.verdict == Verdict::local_fault;
  std::string out = ours ? "fault of this machine in " : "failed in ";
  out.append(handshake::name(failure.phase)).append(": ").append(handshake::name(failure.reason));
  if (!failure.detail.empty()) out += " (" + failure.detail + ")";
  const auto error = diagnosis::client_error(failure);
  if (error) out += ", client error " + to_label(*error);
  return out;
}

std::string words(const ProbeResult& result, const Thresholds& thresholds) {
  if (result.verdict == Verdict::abandoned) return "probe cut off: " + result.abandoned_why;
  if (result.failure) return failure_words(result);
  std::string out = "handshake " + handshake::to_text(result.duration);
  if (result.certificate) out += ", " + certificate_words(result, thresholds);
  return out;
}

// 'label'=value[unit];warn;crit;min;max; `21:` is the range that alerts below 21.
std::string performance_data(const ProbeResult& result, const Thresholds& thresholds) {
  std::string out;
  for (const auto& timing : result.phases) {
    out.append(" ")
        .append(handshake::name(timing.phase))
        .append("=")
        .append(decimal(seconds(timing.duration)));
    out.append("s;;;0");
  }
  if (result.certificate) {
    out += " days=" + decimal(round_to_tenth(days_to_expiry(result, *result.certificate)));
    out += ";" + decimal(thresholds.warning_days) + ":;" + decimal(thresholds.critical_days) + ":";
  }
  return out.empty() ? "" : " |" + out;
}

}  // namespace

std::string to_plugin_line(const ProbeResult& result, const Thresholds& thresholds) {
  const State state = judge(result, thresholds);
  std::string text = clean(result.target + " " + words(result, thresholds));
  std::ranges::replace(text, '|', '/');
  return "RDP " + std::string(status_word(state)) + " - " + text + performance_data(result, thresholds);
}

}  // namespace rdpwatch::report
