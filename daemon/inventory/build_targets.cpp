#include "daemon/inventory/build_targets.hpp"

#include <array>
#include <tuple>
#include <utility>

namespace rdpwatch::inventory {

namespace {

using handshake::CertificateProblem;
using handshake::Depth;
using handshake::TlsVersion;

constexpr std::array<Depth, 5> kDepths{Depth::tcp, Depth::negotiate, Depth::tls, Depth::nla,
                                       Depth::licensing};

/// PROTOCOL_SSL alone (MS-RDPBCGR 2.2.1.1.1): a host that offers NLA and does not demand it goes on without
/// it, as far as its licences. One that demands it says so, and the ladder asks again.
constexpr std::uint32_t kAskWithoutNla = 0x01;

constexpr std::array<std::pair<std::string_view, TlsVersion>, 4> kTlsVersions{{{"TLS10", TlsVersion::tls10},
                                                                               {"TLS11", TlsVersion::tls11},
                                                                               {"TLS12", TlsVersion::tls12},
                                                                               {"TLS13", TlsVersion::tls13}}};

Depth depth_of(const std::string& text) {
  for (const Depth depth : kDepths) {
    if (handshake::name(depth) == text) return depth;
  }
  return Depth::tls;
}

TlsVersion tls_version_of(const std::string& text) {
  for (const auto& [name, version] : kTlsVersions) {
    if (name == text) return version;
  }
  return TlsVersion::tls10;
}

std::vector<CertificateProblem> problems_of(const std::vector<std::string>& texts) {
  std::vector<CertificateProblem> problems;
  for (const std::string& text : texts) {
    for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
      const auto problem = static_cast<CertificateProblem>(i);
      if (handshake::name(problem) == text) problems.push_back(problem);
    }
  }
  return problems;
}

/// All members, so that a change of any of them makes a changed target.
auto members(const handshake::ProbePlan& plan) {
  return std::tie(plan.target, plan.host, plan.host_is_literal, plan.port, plan.group, plan.module,
                  plan.depth, plan.require_tls, plan.require_nla, plan.min_tls_version, plan.fail_on,
                  plan.ca_file, plan.server_name, plan.cookie, plan.requested_protocols, plan.climb_ladder,
                  plan.first_profile, plan.fall_back_to_legacy_tls, plan.only_tls_version,
                  plan.pinned_address, plan.source_address, plan.timeout, plan.bounds.resolve,
                  plan.bounds.connect, plan.bounds.negotiate, plan.bounds.tls, plan.bounds.nla,
                  plan.bounds.mcs, plan.bounds.licensing);
}

}  // namespace

bool Target::operator==(const Target& other) const {
  return std::tie(name, group, source, labels, interval, audit_interval, diagnosis.experiments,
                  diagnosis.patient, expand_addresses) ==
             std::tie(other.name, other.group, other.source, other.labels, other.interval,
                      other.audit_interval, other.diagnosis.experiments, other.diagnosis.patient,
                      other.expand_addresses) &&
         members(plan) == members(other.plan);
}

handshake::ProbePlan build_plan(const config::Settings& settings, const std::string& module,
                                const config::TargetSettings& target, std::chrono::milliseconds timeout) {
  const config::ModuleSettings& recipe = settings.modules.at(module);
  handshake::ProbePlan plan;
  plan.target = config::target_name(target);
  plan.host = target.host;
  plan.host_is_literal = target.host_is_literal;
  plan.port = target.port;
  plan.module = module;
  plan.depth = depth_of(recipe.depth);
  plan.require_tls = recipe.require_tls;
  plan.require_nla = recipe.require_nla;
  plan.min_tls_version = tls_version_of(recipe.tls_min_version);
  plan.fail_on = problems_of(recipe.fail_on);
  plan.ca_file = recipe.ca_file;
  plan.server_name = recipe.server_name;
  plan.cookie = recipe.cookie;
  if (plan.depth == Depth::licensing) plan.requested_protocols = kAskWithoutNla;
  plan.source_address =
      recipe.source_address.empty() ? settings.global.source_address : recipe.source_address;
  plan.timeout = timeout.count() > 0 ? timeout : settings.global.probe_timeout;
  return plan;
}

config::Labels merge_labels(const config::Labels& global, const config::Labels& group,
                            const config::Labels& own) {
  config::Labels merged = own;
  merged.insert(group.begin(), group.end());  // insert() leaves what is there.
  merged.insert(global.begin(), global.end());
  std::erase_if(merged, [](const auto& label) { return label.second.empty(); });
  return merged;
}

TargetPtr build_target(const config::Settings& settings, const config::GroupSettings& group,
                       const config::TargetSettings& target, std::string_view source) {
  auto built = std::make_shared<Target>();
  built->plan = build_plan(settings, group.module, target, group.timeout);
  built->plan.group = group.group;
  built->name = built->plan.target;
  built->group = group.group;
  built->source = source;
  built->labels = merge_labels(settings.global.labels, group.labels, target.labels);
  built->interval = group.interval.count() > 0 ? group.interval : settings.global.probe_interval;
  built->audit_interval = settings.modules.at(group.module).audit_interval;
  built->diagnosis = {settings.modules.at(group.module).diagnosis_experiments,
                      settings.modules.at(group.module).diagnosis_patient};
  built->expand_addresses = group.expand_addresses;
  return built;
}

std::vector<TargetPtr> build_targets(const config::Settings& settings) {
  std::vector<TargetPtr> targets;
  for (const config::GroupSettings& group : settings.inventory) {
    for (const config::TargetSettings& target : group.targets) {
      targets.push_back(build_target(settings, group, target, kStaticSource));
    }
  }
  return targets;
}

}  // namespace rdpwatch::inventory
