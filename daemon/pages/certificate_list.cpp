#include "daemon/pages/certificate_list.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "config/text.hpp"
#include "daemon/api/target_page.hpp"
#include "daemon/fleet/findings.hpp"
#include "probes/handshake/certificate_renewal.hpp"

namespace rdpwatch::pages {
namespace {

using fleet::TargetState;
using handshake::CertificateProblem;

struct KindRow {
  std::string_view name;
  std::string_view words;
};

/// By CertificateKind.
constexpr std::array<KindRow, kCertificateKinds> kKinds{{{"expired", "expired"},
                                                         {"within_7_days", "ends within 7 days"},
                                                         {"within_21_days", "ends within 21 days"},
                                                         {"within_60_days", "ends within 60 days"},
                                                         {"renewal_overdue", "renewal overdue"},
                                                         {"self_signed", "self-signed"},
                                                         {"ca_issued", "issued by a CA"},
                                                         {"weak", "weak key or signature"},
                                                         {"changed", "changed unexpectedly"},
                                                         {"name_mismatch", "does not carry the name"}}};

std::optional<CertificateKind> kind_by_name(std::string_view text) {
  const auto* const found = std::ranges::find(kKinds, text, &KindRow::name);
  if (found == kKinds.end()) return std::nullopt;
  return static_cast<CertificateKind>(found - kKinds.begin());
}

bool ends_within(const handshake::CertificateFacts& facts, int days, fleet::WallTime now) {
  return now <= facts.not_after && facts.not_after - now < std::chrono::days(days);
}

bool has_text(const TargetState& state, std::string_view wanted) {
  if (api::contains(state.key.target, wanted) || api::contains(state.last_address, wanted)) return true;
  if (!state.certificate) return false;
  const auto& facts = *state.certificate;
  const auto has = [wanted](const std::string& text) { return api::contains(text, wanted); };
  return has(facts.subject) || has(facts.issuer) || has(facts.serial) || has(facts.sha256) ||
         std::any_of(facts.sans.begin(), facts.sans.end(), has);
}

}  // namespace

std::string_view name(CertificateKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}

std::string_view words(CertificateKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].words;
}

bool is_of_kind(const TargetState& state, CertificateKind kind, fleet::WallTime now) {
  const auto& facts = *state.certificate;
  switch (kind) {
    case CertificateKind::expired:
      return fleet::has_problem(facts, CertificateProblem::expired, now);
    case CertificateKind::within_7_days:
      return ends_within(facts, 7, now);
    case CertificateKind::within_21_days:
      return ends_within(facts, 21, now);
    case CertificateKind::within_60_days:
      return ends_within(facts, 60, now);
    case CertificateKind::renewal_overdue:
      return handshake::is_renewal_overdue(facts, now);
    case CertificateKind::self_signed:
      return facts.self_signed;
    case CertificateKind::ca_issued:
      return !facts.self_signed;
    case CertificateKind::weak:
      return fleet::has_problem(facts, CertificateProblem::weak_key, now) ||
             fleet::has_problem(facts, CertificateProblem::weak_signature, now);
    case CertificateKind::changed:
      return state.unexpected_change != nullptr;
    case CertificateKind::name_mismatch:
      return fleet::has_problem(facts, CertificateProblem::name_mismatch, now);
  }
  return false;
}

std::variant<CertificateQuery, api::Fault> parse_certificate_query(const Parameters& parameters) {
  static const std::vector<std::string> kNames{"kind", "group", "site", "q", "page", "per_page", "format"};
  CertificateQuery query;
  Parameters others;
  for (const auto& parameter : parameters) {
    if (std::find(kNames.begin(), kNames.end(), parameter.name) == kNames.end()) {
      return api::Fault{400,
                        "there is no parameter " + config::quoted(parameter.name) +
                            config::did_you_mean(parameter.name, kNames),
                        kNames};
    }
    if (parameter.name != "kind") {
      others.push_back(parameter);
      continue;
    }
    const auto kind = kind_by_name(parameter.value);
    if (!kind) {
      std::vector<std::string> allowed;
      for (const auto& row : kKinds) allowed.emplace_back(row.name);
      std::string what = "kind: " + config::quoted(parameter.value) + " is not known" +
                         config::did_you_mean(parameter.value, allowed);
      return api::Fault{400, std::move(what), std::move(allowed)};
    }
    if (std::find(query.kinds.begin(), query.kinds.end(), *kind) == query.kinds.end())
      query.kinds.push_back(*kind);
  }
  if (value_of(others, "per_page").empty() && !value_of(others, "page").empty())
    others.push_back({"per_page", std::to_string(kRows)});
  auto parsed = api::parse_target_query(others, "");
  if (auto* const fault = std::get_if<api::Fault>(&parsed)) return std::move(*fault);
  query.targets = std::get<api::TargetQuery>(std::move(parsed));
  if (!query.targets.paged) query.targets.per_page = kRows;
  return query;
}

CertificateList list_certificates(const std::vector<fleet::StatePtr>& fleet, const CertificateQuery& query,
                                  fleet::WallTime now) {
  CertificateList list;
  std::unordered_map<std::string_view, std::size_t> hosts;  // by fingerprint
  std::vector<std::size_t> found;
  // A certificate's text is another one than a target's.
  api::TargetQuery places = query.targets;
  const std::string text = std::exchange(places.text, "");
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const TargetState& state = *fleet[i];
    if (state.certificate) ++hosts[state.certificate->sha256];
    if (!api::matches(state, places, now) || (!text.empty() && !has_text(state, text))) continue;
    if (!state.certificate) {
      ++list.without;
      continue;
    }
    bool shown = query.kinds.empty();
    for (std::size_t k = 0; k < kCertificateKinds; ++k) {
      const auto kind = static_cast<CertificateKind>(k);
      if (!is_of_kind(state, kind, now)) continue;
      ++list.kinds[k];
      shown = shown || std::find(query.kinds.begin(), query.kinds.end(), kind) != query.kinds.end();
    }
    if (shown) found.push_back(i);
  }
  list.total = found.size();
  const auto [begin, end] = api::page_bounds(query.targets, list.total);
  // The snapshot is by target, so equal ends stand by target.
  const auto sooner = [&fleet](std::size_t a, std::size_t b) {
    return std::pair(fleet[a]->certificate->not_after, a) < std::pair(fleet[b]->certificate->not_after, b);
  };
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(end), found.end(), sooner);
  for (std::size_t i = begin; i < end; ++i) {
    const auto& state = fleet[found[i]];
    list.rows.push_back({state, hosts[state->certificate->sha256]});
  }
  return list;
}

}  // namespace rdpwatch::pages
