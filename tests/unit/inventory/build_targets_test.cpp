#include "daemon/inventory/build_targets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/inventory/settings_text.hpp"

namespace rdpwatch::inventory {
namespace {

using handshake::CertificateProblem;
using handshake::Depth;
using handshake::TlsVersion;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

TEST(BuildTargets, a_bare_target_gets_the_defaults) {
  const std::vector<TargetPtr> targets =
      build_targets(settings_from("inventory: [{group: a, targets: [TS01]}]"));
  ASSERT_EQ(targets.size(), 1u);
  const Target& target = *targets[0];
  EXPECT_EQ(target.name, "ts01:3389");
  EXPECT_EQ(target.group, "a");
  EXPECT_EQ(target.source, "static");
  EXPECT_THAT(target.labels, IsEmpty());
  EXPECT_EQ(target.interval, 60s);
  EXPECT_EQ(target.audit_interval, 0s);
  EXPECT_FALSE(target.expand_addresses);
  EXPECT_EQ(target.plan().target, "ts01:3389");
  EXPECT_EQ(target.plan().host, "ts01");
  EXPECT_FALSE(target.plan().host_is_literal);
  EXPECT_EQ(target.plan().port, 3389);
  EXPECT_EQ(target.plan().group, "a");
  EXPECT_EQ(target.plan().module, "tls");
  EXPECT_EQ(target.plan().depth, Depth::tls);
  EXPECT_TRUE(target.plan().require_tls);
  EXPECT_FALSE(target.plan().require_nla);
  EXPECT_EQ(target.plan().min_tls_version, TlsVersion::tls10);
  EXPECT_THAT(target.plan().fail_on, IsEmpty());
  EXPECT_EQ(target.plan().ca_file, "");
  EXPECT_EQ(target.plan().server_name, "");
  EXPECT_EQ(target.plan().cookie, "rdpwatch");
  EXPECT_EQ(target.plan().source_address, "");
  EXPECT_EQ(target.plan().timeout, 10s);
  EXPECT_EQ(target.plan().requested_protocols, 0x0Bu);
  EXPECT_EQ(target.plan().bounds.resolve, 3s);
  EXPECT_EQ(target.plan().bounds.connect, 4s);
  EXPECT_EQ(target.plan().bounds.negotiate, 5s);
  EXPECT_EQ(target.plan().bounds.tls, 5s);
}

TEST(BuildTargets, everything_configured_arrives_in_the_plan) {
  const std::vector<TargetPtr> targets = build_targets(settings_from(R"(
global: {probe_timeout: 9s, source_address: 127.0.0.2}
modules:
  strict:
    require_nla: true
    fail_on: [no_server_auth_eku, expired, not_yet_valid, self_signed, untrusted, name_mismatch, weak_key, weak_signature]
    ca_file: )" + std::string(RDPWATCH_SOURCE_DIR) + R"(/config/example-ca.pem
    server_name: ts.example.com
    cookie: abc
    tls: {min_version: TLS13}
    source_address: 127.0.0.3
    audit: {interval: 24h}
inventory:
  - {group: a, module: strict, interval: 30s, timeout: 8s, expand_addresses: true, targets: ["[::1]:3390"]}
  - {group: b, module: tcp, targets: [127.0.0.1]}
  - {group: c, module: negotiate, targets: [c]}
)"));
  ASSERT_EQ(targets.size(), 3u);
  const Target& strict = *targets[0];
  EXPECT_EQ(strict.name, "[::1]:3390");
  EXPECT_EQ(strict.interval, 30s);
  EXPECT_EQ(strict.audit_interval, 24h);
  EXPECT_TRUE(strict.expand_addresses);
  EXPECT_EQ(strict.plan().host, "::1");
  EXPECT_TRUE(strict.plan().host_is_literal);
  EXPECT_EQ(strict.plan().port, 3390);
  EXPECT_EQ(strict.plan().module, "strict");
  EXPECT_TRUE(strict.plan().require_nla);
  EXPECT_THAT(strict.plan().fail_on,
              ElementsAre(CertificateProblem::no_server_auth_eku, CertificateProblem::expired,
                          CertificateProblem::not_yet_valid, CertificateProblem::self_signed,
                          CertificateProblem::untrusted, CertificateProblem::name_mismatch,
                          CertificateProblem::weak_key, CertificateProblem::weak_signature));
  EXPECT_EQ(strict.plan().ca_file, std::string(RDPWATCH_SOURCE_DIR) + "/config/example-ca.pem");
  EXPECT_EQ(strict.plan().server_name, "ts.example.com");
  EXPECT_EQ(strict.plan().cookie, "abc");
  EXPECT_EQ(strict.plan().min_tls_version, TlsVersion::tls13);
  EXPECT_EQ(strict.plan().source_address, "127.0.0.3");
  EXPECT_EQ(strict.plan().timeout, 8s);

  EXPECT_EQ(targets[1]->plan().depth, Depth::tcp);
  EXPECT_FALSE(targets[1]->plan().require_tls);
  EXPECT_EQ(targets[1]->plan().source_address, "127.0.0.2");
  EXPECT_EQ(targets[1]->plan().timeout, 9s);
  EXPECT_EQ(targets[2]->plan().depth, Depth::negotiate);
  EXPECT_FALSE(targets[2]->plan().require_tls);
}

TEST(BuildTargets, a_probe_of_licences_asks_for_tls_without_nla) {
  const std::vector<TargetPtr> targets = build_targets(settings_from(R"(
modules: {licences: {depth: licensing, require_tls: false}, identity: {depth: nla}}
inventory:
  - {group: a, module: licensing, targets: [a]}
  - {group: b, module: licences, targets: [b]}
  - {group: c, module: nla, targets: [c]}
  - {group: d, module: identity, targets: [d]}
)"));
  ASSERT_EQ(targets.size(), 4u);
  EXPECT_EQ(targets[0]->plan().depth, Depth::licensing);
  EXPECT_TRUE(targets[0]->plan().require_tls);
  EXPECT_EQ(targets[0]->plan().requested_protocols, 0x01u);
  EXPECT_TRUE(targets[0]->plan().climb_ladder);
  EXPECT_EQ(targets[1]->plan().depth, Depth::licensing);
  EXPECT_FALSE(targets[1]->plan().require_tls);
  EXPECT_EQ(targets[1]->plan().requested_protocols, 0x01u);
  EXPECT_EQ(targets[2]->plan().depth, Depth::nla);
  EXPECT_TRUE(targets[2]->plan().require_tls);
  EXPECT_EQ(targets[2]->plan().requested_protocols, 0x0Bu);
  EXPECT_EQ(targets[3]->plan().depth, Depth::nla);
  EXPECT_EQ(targets[3]->plan().requested_protocols, 0x0Bu);
}

TEST(BuildTargets, every_tls_version_has_its_own_value) {
  for (const auto& [text, version] :
       {std::pair{"TLS10", TlsVersion::tls10}, std::pair{"TLS11", TlsVersion::tls11},
        std::pair{"TLS12", TlsVersion::tls12}, std::pair{"TLS13", TlsVersion::tls13}}) {
    const config::Settings settings =
        settings_from(std::string("modules: {a: {tls: {min_version: ") + text + "}}}");
    config::TargetSettings target;
    target.host = "ts01";
    EXPECT_EQ(build_plan(settings, "a", target, 0ms).min_tls_version, version);
  }
}

TEST(BuildTargets, the_more_special_label_wins_and_empty_ones_go) {
  const std::vector<TargetPtr> targets = build_targets(settings_from(R"(
global: {labels: {site: global, vantage: fra1, spare: x}}
inventory:
  - group: a
    labels: {site: group, team: euc, spare: ""}
    targets: [ts01, {target: ts02, labels: {site: own, team: "", rack: "7"}}]
)"));
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_THAT(targets[0]->labels,
              ElementsAre(Pair("site", "group"), Pair("team", "euc"), Pair("vantage", "fra1")));
  EXPECT_THAT(targets[1]->labels,
              ElementsAre(Pair("rack", "7"), Pair("site", "own"), Pair("vantage", "fra1")));
}

TEST(BuildTargets, plan_for_a_target_outside_the_inventory_has_no_group) {
  const config::Settings settings = settings_from("inventory: []");
  config::TargetSettings target;
  std::string why;
  ASSERT_TRUE(config::parse_target("127.0.0.1:3390", target, why)) << why;
  const handshake::ProbePlan plan = build_plan(settings, "negotiate", target, 3s);
  EXPECT_EQ(plan.target, "127.0.0.1:3390");
  EXPECT_EQ(plan.group, "");
  EXPECT_EQ(plan.module, "negotiate");
  EXPECT_EQ(plan.timeout, 3s);
}

TEST(Target, differs_when_any_part_differs) {
  const config::Settings settings = settings_from("inventory: [{group: a, targets: [ts01]}]");
  const Target original = *build_targets(settings)[0];
  EXPECT_TRUE(original == Target(original));
  using Change = void (*)(Target&);
  const Change changes[] = {
      [](Target& t) { t.name = "x"; },
      [](Target& t) { t.group = "x"; },
      [](Target& t) { t.source = "x"; },
      [](Target& t) { t.labels = config::Labels{{"x", "y"}}; },
      [](Target& t) { t.interval = 61s; },
      [](Target& t) { t.audit_interval = 1h; },
      [](Target& t) { t.expand_addresses = true; },
      [](Target& t) { t.host = "x"; },
      [](Target& t) { t.host_is_literal = true; },
      [](Target& t) { t.port = 1; },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    Target changed = original;
    changes[i](changed);
    EXPECT_FALSE(changed == original) << "change " << i;
  }
}

TEST(Target, differs_when_any_part_of_its_recipe_differs) {
  const config::Settings settings = settings_from("inventory: [{group: a, targets: [ts01]}]");
  const Target original = *build_targets(settings)[0];
  Target same = original;
  same.recipe = std::make_shared<const handshake::ProbeRecipe>(*original.recipe);
  EXPECT_TRUE(same == original) << "another recipe that says the same";
  using Recipe = handshake::ProbeRecipe;
  using Change = void (*)(Recipe&);
  const Change changes[] = {
      [](Recipe& r) { r.module = "x"; },
      [](Recipe& r) { r.depth = Depth::tcp; },
      [](Recipe& r) { r.require_tls = false; },
      [](Recipe& r) { r.require_nla = true; },
      [](Recipe& r) { r.min_tls_version = TlsVersion::tls12; },
      [](Recipe& r) { r.fail_on = {CertificateProblem::expired}; },
      [](Recipe& r) { r.ca_file = "x"; },
      [](Recipe& r) { r.server_name = "x"; },
      [](Recipe& r) { r.cookie = ""; },
      [](Recipe& r) { r.requested_protocols = 1; },
      [](Recipe& r) { r.climb_ladder = false; },
      [](Recipe& r) { r.first_profile = handshake::TlsProfile::legacy; },
      [](Recipe& r) { r.fall_back_to_legacy_tls = false; },
      [](Recipe& r) { r.only_tls_version = TlsVersion::tls12; },
      [](Recipe& r) { r.source_address = "x"; },
      [](Recipe& r) { r.timeout = 1s; },
      [](Recipe& r) { r.bounds.resolve = 1s; },
      [](Recipe& r) { r.bounds.connect = 1s; },
      [](Recipe& r) { r.bounds.negotiate = 1s; },
      [](Recipe& r) { r.bounds.tls = 1s; },
      [](Recipe& r) { r.bounds.nla = 1s; },
      [](Recipe& r) { r.bounds.mcs = 1s; },
      [](Recipe& r) { r.bounds.licensing = 1s; },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    Recipe recipe = *original.recipe;
    changes[i](recipe);
    Target changed = original;
    changed.recipe = std::make_shared<const Recipe>(std::move(recipe));
    EXPECT_FALSE(changed == original) << "change " << i;
  }
}

}  // namespace
}  // namespace rdpwatch::inventory
