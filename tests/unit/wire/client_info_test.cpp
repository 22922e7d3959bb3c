#include "probes/wire/client_info.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

TEST(ClientInfo, EncodesNobodysInfo) {
  auto expected = test::from_hex(
      "4000 0000"                          // SEC_INFO_PKT
      "00000000 73010000"                  // CodePage, flags: Unicode, no automatic logon (0x8)
      "0000 0000 0000 0000 0000"           // lengths, terminators left out
      "0000 0000 0000 0000 0000"           // Domain, UserName, Password, AlternateShell, WorkingDir
      "0200 0200 0000 0200 0000");         // AF_INET, clientAddress, clientDir
  expected.resize(expected.size() + 172);  // clientTimeZone
  expected.resize(expected.size() + 10);   // clientSessionId, performanceFlags, cbAutoReconnectCookie
  EXPECT_EQ(encode_client_info(), expected);
}

}  // namespace
}  // namespace rdpwatch::wire
