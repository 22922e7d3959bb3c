#include "daemon/report/sweep_text.hpp"

#include <algorithm>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::report {
namespace {

using handshake::ProbeResult;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kWidestHost = 44;
constexpr std::size_t kLabel = 10;

// A row of a table: the host's column is as wide as its widest, the rest of the line is cut to what fits.
class Rows {
 public:
  Rows(const TextStyle& style, const SweepSummary& summary, const std::vector<const ProbeResult*>& results)
      : style_(style), summary_(summary) {
    for (const ProbeResult* result : results) width_ = std::max(width_, display_width(host(*result)));
    width_ = std::min(width_, kWidestHost);
  }

  std::string row(const ProbeResult& result, const std::string& rest) const {
    const std::size_t room = columns(style_) - std::min(columns(style_), kIndent + width_ + kGap);
    std::string out = std::string(kIndent, ' ') + pad_right(shorten(style_, host(result), width_), width_) +
                      std::string(kGap, ' ') +
                      shorten(style_, clean(rest, style_.utf8), std::max<std::size_t>(room, 20));
    while (out.ends_with(' ')) out.pop_back();
    return out + "\n";
  }

 private:
  std::string host(const ProbeResult& result) const {
    std::string text = result.target;
    if (summary_.repeated.contains(result.target) && !result.address.empty()) text += " at " + result.address;
    return clean(text, style_.utf8);
  }

  const TextStyle& style_;
  const SweepSummary& summary_;
  std::size_t width_ = 0;
};

std::string count_text(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string failure_group(const TextStyle& style, const SweepSummary& summary, const FailureGroup& group) {
  std::string heading = "FAILED in " + std::string(handshake::name(group.phase)) + ": " +
                        std::string(handshake::name(group.reason)) + " (" +
                        count_text(group.results.size(), "host", "hosts");
  const auto error = diagnosis::client_error(group.phase, group.reason);
  if (error) heading += ", a client shows " + to_label(*error);
  std::string out = paint(style, Colour::red, heading + ")") + "\n";
  out += labelled(style, "", 0, handshake::row(group.reason).help);
  const Rows rows(style, summary, group.results);
  for (const ProbeResult* result : group.results) out += rows.row(*result, result->failure->detail);
  return out + "\n";
}

std::string certificate_section(const TextStyle& style, const Sweep& sweep, const SweepSummary& summary) {
  std::string out = paint(style, Colour::yellow,
                          "CERTIFICATES (" + count_text(summary.certificates.size(), "host", "hosts") + ")") +
                    "\n";
  const Rows rows(style, summary, summary.certificates);
  for (const ProbeResult* result : summary.certificates) {
    std::string rest = days_left_in_words(days_to_expiry(*result, *result->certificate));
    for (const auto problem : result->certificate->problems) {
      if (problem == handshake::CertificateProblem::self_signed) continue;
      rest += ", " + std::string(handshake::name(problem));
    }
    if (judge(*result, sweep.thresholds) == State::critical) rest += " (critical)";
    out += rows.row(*result, rest);
  }
  return out + "\n";
}

std::string unknown_section(const TextStyle& style, const SweepSummary& summary) {
  std::string out = paint(style, Colour::yellow, "UNKNOWN: not the hosts' fault") + "\n";
  const Rows rows(style, summary, summary.unknown);
  for (const ProbeResult* result : summary.unknown) {
    std::string rest = "cut off: " + result->abandoned_why;
    if (result->failure) {
      rest = std::string(handshake::name(result->failure->reason)) + " in " +
             std::string(handshake::name(result->failure->phase));
      if (!result->failure->detail.empty()) rest += ", " + result->failure->detail;
    }
    out += rows.row(*result, rest);
  }
  return out + "\n";
}

std::string slowest_section(const TextStyle& style, const SweepSummary& summary) {
  std::string out = paint(style, Colour::bold, "Slowest") + "\n";
  const Rows rows(style, summary, summary.slowest);
  for (const ProbeResult* result : summary.slowest) {
    std::string rest = pad_left(handshake::to_text(result->duration), 7);
    const auto slowest = std::ranges::max_element(result->phases, {}, &handshake::PhaseTiming::duration);
    if (slowest != result->phases.end()) {
      rest += ", " + handshake::to_text(slowest->duration) + " of it in " +
              std::string(handshake::name(slowest->phase));
    }
    out += rows.row(*result, rest);
  }
  return out + "\n";
}

std::string totals(const TextStyle& style, const Sweep& sweep, const SweepSummary& summary) {
  std::string out = paint(style, Colour::bold, "Totals") + "\n";
  std::string states;
  for (const State state : kStates) {
    states.append(states.empty() ? "" : ", ")
        .append(name(state))
        .append(" ")
        .append(std::to_string(summary.count(state)));
  }
  out += labelled(style, "states", kLabel, states);
  std::string reasons;
  for (const FailureGroup& group : summary.failures) {
    reasons.append(reasons.empty() ? "" : ", ").append(handshake::name(group.reason)).append(" in ");
    reasons.append(handshake::name(group.phase)).append(" ").append(std::to_string(group.results.size()));
  }
  if (!reasons.empty()) out += labelled(style, "reasons", kLabel, reasons);
  std::string probed =
      count_text(sweep.results.size(), "endpoint", "endpoints") + " in " + handshake::to_text(sweep.duration);
  if (sweep.interrupted) probed += ", interrupted, " + std::to_string(sweep.planned) + " were planned";
  return out + labelled(style, "probed", kLabel, probed);
}

}  // namespace

std::string to_text(const Sweep& sweep, const SweepSummary& summary, const TextStyle& style) {
  std::string out;
  for (const FailureGroup& group : summary.failures) out += failure_group(style, summary, group);
  if (!summary.certificates.empty()) out += certificate_section(style, sweep, summary);
  if (!summary.unknown.empty()) out += unknown_section(style, summary);
  if (!summary.slowest.empty()) out += slowest_section(style, summary);
  return out + totals(style, sweep, summary);
}

}  // namespace rdpwatch::report
