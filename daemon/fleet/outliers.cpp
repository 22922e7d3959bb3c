#include "daemon/fleet/outliers.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "probes/handshake/protocol_names.hpp"

namespace rdpwatch::fleet {
namespace {

using std::chrono::days;
using std::chrono::microseconds;

constexpr double kDeviations = 6 * 1.4826;
constexpr microseconds kSmallestExcess{50000};

/// What one member shows of something that the group may agree on.
template <class Value>
struct Vote {
  const TargetState* member;
  Value value;
};

template <class Value>
struct Agreement {
  Value value;
  std::size_t agree = 0;
  std::size_t votes = 0;

  /// "9 of the 10 in the group"
  std::string who() const {
    return std::to_string(agree) + " of the " + std::to_string(votes) + " in the group";
  }
};

/// The value of at least 80 % of at least kMembersToCompare votes. The only one that can have a majority is
/// found by Boyer and Moore's count: votes for and against it cancel each other out.
template <class Value>
std::optional<Agreement<Value>> agreement(const std::vector<Vote<Value>>& votes) {
  if (votes.size() < kMembersToCompare) return std::nullopt;
  const Value* leader = nullptr;
  std::size_t lead = 0;
  for (const auto& vote : votes) {
    if (lead == 0) leader = &vote.value;
    lead = vote.value == *leader ? lead + 1 : lead - 1;
  }
  const auto agree = static_cast<std::size_t>(std::count_if(
      votes.begin(), votes.end(), [leader](const auto& vote) { return vote.value == *leader; }));
  if (agree * 5 < votes.size() * 4) return std::nullopt;
  return Agreement<Value>{*leader, agree, votes.size()};
}

/// One sentence a dimension: what a second rule of the same dimension has to say is added to it.
void add(Outliers& outliers, const TargetState& member, OutlierDimension dimension, const std::string& why) {
  auto& found = outliers[member.key];
  if (!found.empty() && found.back().dimension == dimension) {
    found.back().why.append("; ").append(why);
  } else {
    found.push_back({dimension, why});
  }
}

bool has_verdict(const TargetState& state) {
  return state.status == TargetStatus::up || state.status == TargetStatus::down ||
         state.status == TargetStatus::flapping;
}

std::string milliseconds(microseconds duration) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(duration).count()) + " ms";
}

/// Lives of certificates that are of one kind: a CA's own end, leap years and a day of overlap don't count.
constexpr std::array<days, 5> kLives{days(45), days(100), days(220), days(400), days(800)};

struct CertificateKind {
  bool self_signed = false;
  std::string_view issuer;  ///< of one that is not self-signed
  std::size_t life = 0;     ///< place in kLives of the first that is not shorter
  bool operator==(const CertificateKind&) const = default;
};

CertificateKind kind_of(const handshake::CertificateFacts& certificate) {
  const auto* const life =
      std::lower_bound(kLives.begin(), kLives.end(), certificate.not_after - certificate.not_before);
  return {certificate.self_signed, certificate.self_signed ? std::string_view() : certificate.issuer_cn,
          static_cast<std::size_t>(life - kLives.begin())};
}

std::string issuer_text(const CertificateKind& kind) {
  return kind.self_signed ? std::string("self-signed") : "issued by \"" + std::string(kind.issuer) + "\"";
}

std::string life_text(const CertificateKind& kind) {
  if (kind.life == kLives.size()) return "more than " + std::to_string(kLives.back().count()) + " days";
  return "at most " + std::to_string(kLives[kind.life].count()) + " days";
}

std::string certificate_text(const TargetState& member, const CertificateKind& own,
                             const Agreement<CertificateKind>& group) {
  if (own.self_signed != group.value.self_signed || own.issuer != group.value.issuer) {
    return "its certificate is " + issuer_text(own) + ", those of " + group.who() + " are " +
           issuer_text(group.value);
  }
  const auto life = std::chrono::round<days>(member.certificate->not_after - member.certificate->not_before);
  return "its certificate is made for " + std::to_string(life.count()) + " days, those of " + group.who() +
         " for " + life_text(group.value);
}

}  // namespace

std::string_view name(OutlierDimension dimension) {
  switch (dimension) {
    case OutlierDimension::failure:
      return "failure";
    case OutlierDimension::latency:
      return "latency";
    case OutlierDimension::certificate:
      return "certificate";
    case OutlierDimension::security:
      return "security";
    case OutlierDimension::build:
      return "build";
  }
  return "";
}

void add_failure_outliers(const Members& members, const std::function<bool(const EndpointKey&)>& excused,
                          Outliers& outliers) {
  std::size_t with_verdict = 0;
  std::vector<WallTime> seen_up;
  for (const auto* const member : members) {
    with_verdict += has_verdict(*member) ? 1 : 0;
    if (member->status == TargetStatus::up) seen_up.push_back(*member->last_run);
  }
  if (with_verdict < kMembersToCompareFailures || seen_up.empty()) return;
  std::sort(seen_up.begin(), seen_up.end());
  const std::size_t others = with_verdict - 1;
  for (const auto* const member : members) {
    if (member->status != TargetStatus::down) continue;
    const auto since = std::lower_bound(seen_up.begin(), seen_up.end(), member->failing_since);
    const auto up = static_cast<std::size_t>(seen_up.end() - since);
    if (up * 4 < others * 3 || excused(member->key)) continue;
    add(outliers, *member, OutlierDimension::failure,
        "it is down, and " + std::to_string(up) + " of the " + std::to_string(others) +
            " others in the group are up");
  }
}

std::optional<Spread> spread_of(std::vector<microseconds> values) {
  if (values.size() < kMembersToCompare) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const microseconds median = *middle;
  for (auto& value : values) value = std::chrono::abs(value - median);
  std::nth_element(values.begin(), middle, values.end());
  const microseconds usual(static_cast<std::int64_t>(static_cast<double>(middle->count()) * kDeviations));
  return Spread{median, median + std::max({usual, 2 * median, kSmallestExcess})};
}

void add_latency_outliers(const Members& members, Outliers& outliers) {
  std::vector<microseconds> values;
  for (std::size_t phase = 0; phase < kGroupPhases.size(); ++phase) {
    values.clear();
    for (const auto* const member : members) {
      if (member->status != TargetStatus::up) continue;
      if (const auto newest = member->durations.newest(phase)) values.push_back(*newest);
    }
    const auto spread = spread_of(values);
    if (!spread) continue;
    for (const auto* const member : members) {
      const auto shortest = member->durations.shortest(phase);
      if (member->status != TargetStatus::up || !shortest || *shortest <= spread->limit) continue;
      add(outliers, *member, OutlierDimension::latency,
          std::string(handshake::name(kGroupPhases[phase])) + " takes " + milliseconds(*shortest) +
              ", the group's median is " + milliseconds(spread->median));
    }
  }
}

void add_certificate_outliers(const Members& members, Outliers& outliers) {
  std::vector<Vote<CertificateKind>> votes;
  for (const auto* const member : members) {
    if (member->certificate) votes.push_back({member, kind_of(*member->certificate)});
  }
  const auto group = agreement(votes);
  if (!group) return;
  for (const auto& vote : votes) {
    if (vote.value == group->value) continue;
    add(outliers, *vote.member, OutlierDimension::certificate,
        certificate_text(*vote.member, vote.value, *group));
  }
}

void add_security_outliers(const Members& members, Outliers& outliers) {
  std::vector<Vote<std::uint32_t>> protocols;
  std::vector<Vote<handshake::TlsVersion>> versions;
  for (const auto* const member : members) {
    const auto* const result = member->last_result.get();
    if (result == nullptr || !result->negotiation || !result->negotiation->selected) continue;
    protocols.push_back({member, *result->negotiation->selected});
    if (result->tls) versions.push_back({member, result->tls->version});
  }
  if (const auto group = agreement(protocols)) {
    for (const auto& vote : protocols) {
      if (vote.value == group->value) continue;
      add(outliers, *vote.member, OutlierDimension::security,
          "it chooses " + std::string(handshake::protocol_name(vote.value)) + ", " + group->who() +
              " choose " + std::string(handshake::protocol_name(group->value)));
    }
  }
  if (const auto group = agreement(versions)) {
    for (const auto& vote : versions) {
      if (vote.value == group->value) continue;
      add(outliers, *vote.member, OutlierDimension::security,
          "it agrees on " + std::string(handshake::name(vote.value)) + ", " + group->who() + " on " +
              std::string(handshake::name(group->value)));
    }
  }
}

void add_build_outliers(const Members& members, Outliers& outliers) {
  std::vector<Vote<std::string_view>> votes;
  for (const auto* const member : members) {
    if (member->host && !member->host->os_build.empty()) votes.push_back({member, member->host->os_build});
  }
  const auto group = agreement(votes);
  if (!group) return;
  for (const auto& vote : votes) {
    if (vote.value == group->value) continue;
    add(outliers, *vote.member, OutlierDimension::build,
        "its Windows build is " + std::string(vote.value) + ", " + group->who() + " have " +
            std::string(group->value));
  }
}

}  // namespace rdpwatch::fleet
