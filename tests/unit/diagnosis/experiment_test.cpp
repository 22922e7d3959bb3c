#include "probes/diagnosis/experiment.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/diagnosis/evidence_builder.hpp"

namespace rdpwatch::diagnosis {
namespace {

using handshake::Depth;
using handshake::Phase;
using handshake::TlsProfile;
using handshake::TlsVersion;

handshake::ProbePlan plan(ExperimentKind kind, Phase phase = Phase::tls) {
  auto base = named_plan();
  base.depth = Depth::nla;
  base.require_nla = true;
  base.fail_on = {handshake::CertificateProblem::expired};
  base.ca_file = "/ca.pem";
  return plan_of(kind, base, phase, "10.0.0.9");
}

TEST(experiment, is_one_connection_to_the_address_that_failed) {
  const auto repeat = plan(ExperimentKind::repeat);
  EXPECT_FALSE(repeat.climb_ladder);
  EXPECT_FALSE(repeat.fall_back_to_legacy_tls);
  EXPECT_EQ(repeat.host, "10.0.0.9");
  EXPECT_TRUE(repeat.host_is_literal);
  EXPECT_EQ(repeat.server_name, "ts09.corp.example");
  EXPECT_EQ(repeat.target, "ts09.corp.example:3389");
}

TEST(experiment, asks_for_no_policy) {
  const auto repeat = plan(ExperimentKind::repeat);
  EXPECT_FALSE(repeat.require_tls);
  EXPECT_FALSE(repeat.require_nla);
  EXPECT_TRUE(repeat.fail_on.empty());
  EXPECT_EQ(repeat.ca_file, "");
}

TEST(experiment, goes_no_deeper_than_the_failure) {
  EXPECT_EQ(plan(ExperimentKind::repeat, Phase::negotiate).depth, Depth::negotiate);
  EXPECT_EQ(plan(ExperimentKind::repeat, Phase::tls).depth, Depth::tls);
  EXPECT_EQ(plan(ExperimentKind::repeat, Phase::nla).depth, Depth::nla);
}

TEST(experiment, varies_one_thing) {
  EXPECT_EQ(plan(ExperimentKind::without_cookie).cookie, "");
  EXPECT_EQ(plan(ExperimentKind::ask_nla_or_tls).requested_protocols, 0x03U);
  EXPECT_EQ(plan(ExperimentKind::ask_tls).requested_protocols, 0x01U);
  EXPECT_EQ(plan(ExperimentKind::ask_rdp).requested_protocols, 0U);
  EXPECT_EQ(plan(ExperimentKind::legacy_tls).first_profile, TlsProfile::legacy);
  EXPECT_EQ(plan(ExperimentKind::only_tls12).only_tls_version, TlsVersion::tls12);
  EXPECT_FALSE(plan(ExperimentKind::without_sni).send_sni);
  EXPECT_EQ(plan(ExperimentKind::small_segments).max_segment, 536);
  EXPECT_TRUE(plan(ExperimentKind::garbage).garbage_for_client_hello);
  EXPECT_TRUE(plan(ExperimentKind::direct_tls).tls_at_once);
  EXPECT_TRUE(plan(ExperimentKind::silence).send_nothing);
  EXPECT_EQ(plan(ExperimentKind::silence).bounds.negotiate, std::chrono::seconds(2));
}

TEST(experiment, patience_is_longer_than_a_servers_minute) {
  const auto patient = plan(ExperimentKind::patient);
  EXPECT_EQ(patient.bounds.tls, std::chrono::seconds(75));
  EXPECT_EQ(patient.timeout, std::chrono::seconds(82));
}

TEST(experiment, elsewhere_keeps_the_name_in_tls) {
  const auto there = plan_elsewhere(named_plan(), "10.0.0.77", true);
  EXPECT_EQ(there.host, "10.0.0.77");
  EXPECT_TRUE(there.host_is_literal);
  EXPECT_EQ(there.server_name, "ts09.corp.example");
}

TEST(experiment, names_are_distinct) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kExperimentKinds; ++i) names.insert(name(static_cast<ExperimentKind>(i)));
  EXPECT_EQ(names.size(), kExperimentKinds);
}

TEST(experiment, address_of_an_endpoint) {
  EXPECT_EQ(address_of("10.0.0.9:3389"), "10.0.0.9");
  EXPECT_EQ(address_of("[2001:db8::9]:3389"), "2001:db8::9");
  EXPECT_EQ(address_of(""), "");
}

}  // namespace
}  // namespace rdpwatch::diagnosis
