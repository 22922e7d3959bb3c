// The causes of failed runs in a scrape.

#include <gtest/gtest.h>

#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using test::expose;
using test::family;
using test::kNow;

const fleet::EndpointKey kDiagnosed{"ts09:3389", ""};

void fail(fleet::ResultStore& store) {
  auto run = test::run(test::reset_in_tls(), 2);
  run.diagnosis = test::diagnosis_of(*test::reset_in_tls().failure);
  store.record(kDiagnosed, std::move(run));
}

TEST(DiagnosisExposition, TheFirstThreeCausesHaveASeries) {
  fleet::ResultStore store;
  store.put_endpoint(kDiagnosed, test::target("ts09:3389"), kNow);
  fail(store);
  EXPECT_EQ(family(expose(store), "rdp_diagnosis"),
            "rdp_diagnosis{target=\"ts09:3389\",group=\"rdsh\",cause=\"private_key_unreadable\","
            "likelihood=\"likely\"} 1\n"
            "rdp_diagnosis{target=\"ts09:3389\",group=\"rdsh\",cause=\"inline_device_cuts_tls\","
            "likelihood=\"likely\"} 1\n"
            "rdp_diagnosis{target=\"ts09:3389\",group=\"rdsh\",cause=\"no_common_tls\","
            "likelihood=\"possible\"} 1\n");
}

TEST(DiagnosisExposition, EachOfThemHasItsPlace) {
  fleet::ResultStore store;
  store.put_endpoint(kDiagnosed, test::target("ts09:3389"), kNow);
  EXPECT_EQ(family(expose(store), "rdp_diagnosis_rank"), "");
  fail(store);
  EXPECT_EQ(family(expose(store), "rdp_diagnosis_rank"),
            "rdp_diagnosis_rank{target=\"ts09:3389\",group=\"rdsh\",cause=\"private_key_unreadable\"} 1\n"
            "rdp_diagnosis_rank{target=\"ts09:3389\",group=\"rdsh\",cause=\"inline_device_cuts_tls\"} 2\n"
            "rdp_diagnosis_rank{target=\"ts09:3389\",group=\"rdsh\",cause=\"no_common_tls\"} 3\n");
}

TEST(DiagnosisExposition, ASuccessTakesThemAway) {
  fleet::ResultStore store;
  store.put_endpoint(kDiagnosed, test::target("ts09:3389"), kNow);
  fail(store);
  store.record(kDiagnosed, test::run(test::success(), 1));
  EXPECT_EQ(family(expose(store), "rdp_diagnosis"), "");
}

TEST(DiagnosisExposition, ExperimentsThatEndAfterARecoveryChangeNothing) {
  fleet::ResultStore store;
  store.put_endpoint(kDiagnosed, test::target("ts09:3389"), kNow);
  store.record(kDiagnosed, test::run(test::success(), 1));
  store.record_diagnosis(kDiagnosed, test::diagnosis_of(*test::reset_in_tls().failure));
  EXPECT_EQ(family(expose(store), "rdp_diagnosis"), "");
  store.record_diagnosis({"gone:3389", ""}, test::diagnosis_of(*test::reset_in_tls().failure));
  EXPECT_EQ(store.size(), 1u);
}

}  // namespace
}  // namespace rdpwatch::metrics
