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
auto members(const handshake::ProbeRecipe& recipe) {
  return std::tie(recipe.module, recipe.depth, recipe.require_tls, recipe.require_nla, recipe.min_tls_version,
                  recipe.fail_on, recipe.ca_file, recipe.server_name, recipe.cookie,
                  recipe.requested_protocols, recipe.climb_ladder, recipe.first_profile,
                  recipe.fall_back_to_legacy_tls, recipe.only_tls_version, recipe.source_address,
                  recipe.timeout, recipe.bounds.resolve, recipe.bounds.connect, recipe.bounds.negotiate,
                  recipe.bounds.tls, recipe.bounds.nla, recipe.bounds.mcs, recipe.bounds.licensing);
}

handshake::ProbeRecipe build_recipe(const config::Settings& settings, const std::string& module,
                                    std::chrono::milliseconds timeout) {
  const config::ModuleSettings& written = settings.modules.at(module);
  handshake::ProbeRecipe recipe;
  recipe.module = module;
  recipe.depth = depth_of(written.depth);
  recipe.require_tls = written.require_tls;
  recipe.require_nla = written.require_nla;
  recipe.min_tls_version = tls_version_of(written.tls_min_version);
  recipe.fail_on = problems_of(written.fail_on);
  recipe.ca_file = written.ca_file;
  recipe.server_name = written.server_name;
  recipe.cookie = written.cookie;
  if (recipe.depth == Depth::licensing) recipe.requested_protocols = kAskWithoutNla;
  recipe.source_address =
      written.source_address.empty() ? settings.global.source_address : written.source_address;
  recipe.timeout = timeout.count() > 0 ? timeout : settings.global.probe_timeout;
  return recipe;
}

}  // namespace

const RecipePtr& default_recipe() {
  static const RecipePtr recipe = std::make_shared<const handshake::ProbeRecipe>();
  return recipe;
}

bool Target::operator==(const Target& other) const {
  return std::tie(name, group, source, labels, host, host_is_literal, port, interval, audit_interval,
                  diagnosis.experiments, diagnosis.patient, expand_addresses) ==
             std::tie(other.name, other.group, other.source, other.labels, other.host, other.host_is_literal,
                      other.port, other.interval, other.audit_interval, other.diagnosis.experiments,
                      other.diagnosis.patient, other.expand_addresses) &&
         (recipe == other.recipe || members(*recipe) == members(*other.recipe));
}

handshake::ProbePlan Target::plan() const {
  handshake::ProbePlan plan{*recipe};
  plan.target = name;
  plan.host = host;
  plan.host_is_literal = host_is_literal;
  plan.port = port;
  plan.group = group;
  return plan;
}

handshake::ProbePlan build_plan(const config::Settings& settings, const std::string& module,
                                const config::TargetSettings& target, std::chrono::milliseconds timeout) {
  handshake::ProbePlan plan{build_recipe(settings, module, timeout)};
  plan.target = config::target_name(target);
  plan.host = target.host;
  plan.host_is_literal = target.host_is_literal;
  plan.port = target.port;
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

TargetBuilder::TargetBuilder(const config::Settings& settings, const config::GroupSettings& group)
    : settings_(settings),
      group_(group),
      recipe_(std::make_shared<const handshake::ProbeRecipe>(
          build_recipe(settings, group.module, group.timeout))),
      merged_(merge_labels(settings.global.labels, group.labels, {})) {}

TargetPtr TargetBuilder::build(const config::TargetSettings& target, std::string_view source) {
  if (target.labels != own_) {
    own_ = target.labels;
    merged_ = merge_labels(settings_.global.labels, group_.labels, own_);
  }
  const config::ModuleSettings& module = settings_.modules.at(group_.module);
  auto built = std::make_shared<Target>();
  built->name = config::target_name(target);
  built->group = group_.group;
  built->source = source;
  built->labels = merged_;
  built->host = target.host;
  built->host_is_literal = target.host_is_literal;
  built->port = target.port;
  built->recipe = recipe_;
  built->interval = group_.interval.count() > 0 ? group_.interval : settings_.global.probe_interval;
  built->audit_interval = module.audit_interval;
  built->diagnosis = {module.diagnosis_experiments, module.diagnosis_patient};
  built->expand_addresses = group_.expand_addresses;
  return built;
}

std::vector<TargetPtr> build_targets(const config::Settings& settings) {
  std::vector<TargetPtr> targets;
  for (const config::GroupSettings& group : settings.inventory) {
    TargetBuilder builder(settings, group);
    for (const config::TargetSettings& target : group.targets)
      targets.push_back(builder.build(target, kStaticSource));
  }
  return targets;
}

}  // namespace rdpwatch::inventory
