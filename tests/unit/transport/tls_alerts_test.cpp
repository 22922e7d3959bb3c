#include "probes/transport/tls_alerts.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::transport {
namespace {

TEST(TlsAlerts, names) {
  EXPECT_EQ(alert_name(0), "close_notify");
  EXPECT_EQ(alert_name(40), "handshake_failure");
  EXPECT_EQ(alert_name(49), "access_denied");
  EXPECT_EQ(alert_name(70), "protocol_version");
  EXPECT_EQ(alert_name(80), "internal_error");
  EXPECT_EQ(alert_name(116), "certificate_required");
  EXPECT_EQ(alert_name(120), "no_application_protocol");
  EXPECT_EQ(alert_name(1), "");
  EXPECT_EQ(alert_name(255), "");
}

TEST(TlsAlerts, for_people) {
  EXPECT_EQ(describe_alert(40), "handshake_failure (40)");
  EXPECT_EQ(describe_alert(77), "unknown alert (77)");
}

}  // namespace
}  // namespace rdpwatch::transport
