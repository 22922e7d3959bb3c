#include "probes/handshake/failure_text.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace std::chrono_literals;

TEST(FailureText, DurationsHaveTheDigitsThatMatter) {
  EXPECT_EQ(to_text(420us), "0.4 ms");
  EXPECT_EQ(to_text(12ms), "12 ms");
  EXPECT_EQ(to_text(1500ms), "1.5 s");
  EXPECT_EQ(to_text(60s), "60 s");
}

TEST(FailureText, SaysHowItEndedAndAfterWhat) {
  EXPECT_EQ(describe_io(FailureReason::connection_reset, {"ClientHello", 12ms, 0}),
            "reset 12 ms after ClientHello, 0 bytes received");
  EXPECT_EQ(describe_io(FailureReason::connection_closed, {"Connection Request", 1ms, 1}),
            "closed 1.0 ms after Connection Request, 1 byte received");
  EXPECT_EQ(describe_io(FailureReason::timeout, {"ClientHello", 5s, 1460}),
            "no answer within 5.0 s of ClientHello, 1460 bytes received");
  EXPECT_EQ(describe_io(FailureReason::connection_refused, {"SYN", 300us, 0}), "refused 0.3 ms after SYN");
  EXPECT_EQ(describe_io(FailureReason::timeout, {"SYN", 4s, 0}), "no answer within 4.0 s of SYN");
}

TEST(FailureText, NamesReasonAndPhase) {
  EXPECT_EQ(describe(Failure{Phase::tls, FailureReason::tls_alert, "received alert 70", 70}),
            "tls_alert in tls: received alert 70");
  EXPECT_EQ(describe(Failure{Phase::connect, FailureReason::timeout, "", {}}), "timeout in connect");
}

TEST(FailureText, ShowsBytesAsHexAndText) {
  EXPECT_EQ(describe_bytes(test::from_hex("485454502f312e31")), "48 54 54 50 2f 31 2e 31 \"HTTP/1.1\"");
  EXPECT_EQ(describe_bytes(test::from_hex("1b5b33316d00ff22")), "1b 5b 33 31 6d 00 ff 22 \".[31m...\"");
  EXPECT_EQ(describe_bytes(std::vector<std::uint8_t>(100, 0x41)).size(), 24 * 3 + 26u);
}

}  // namespace
}  // namespace rdpwatch::handshake
