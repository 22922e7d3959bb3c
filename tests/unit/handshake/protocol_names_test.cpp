#include "probes/handshake/protocol_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::handshake {
namespace {

using testing::ElementsAre;

TEST(ProtocolNames, EachSelectedProtocolHasItsName) {
  EXPECT_EQ(protocol_name(0x00), "rdp");
  EXPECT_EQ(protocol_name(0x01), "ssl");
  EXPECT_EQ(protocol_name(0x02), "hybrid");
  EXPECT_EQ(protocol_name(0x04), "rdstls");
  EXPECT_EQ(protocol_name(0x08), "hybrid_ex");
  EXPECT_EQ(protocol_name(0x10), "rdsaad");
}

TEST(ProtocolNames, AValueOutsideTheSpecificationIsUnknown) {
  EXPECT_EQ(protocol_name(0x03), "unknown");
  EXPECT_EQ(protocol_name(0x80000000), "unknown");
}

TEST(ProtocolNames, AMaskListsItsBitsLowestFirst) {
  EXPECT_THAT(protocol_names(0x0B), ElementsAre("ssl", "hybrid", "hybrid_ex"));
  EXPECT_THAT(protocol_names(0x00), ElementsAre("rdp"));
  EXPECT_THAT(protocol_names(0x41), ElementsAre("ssl"));
}

}  // namespace
}  // namespace rdpwatch::handshake
