#include "tests/sim/address_range.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::sim {
namespace {

boost::asio::ip::address address(const char* text) {
  return boost::asio::ip::make_address(text);
}

TEST(AddressRange, single_address) {
  const AddressRange range = AddressRange::parse("127.0.0.7").value();
  EXPECT_TRUE(range.single());
  EXPECT_TRUE(range.contains(address("127.0.0.7")));
  EXPECT_FALSE(range.contains(address("127.0.0.8")));
  EXPECT_FALSE(range.contains(address("::1")));
}

TEST(AddressRange, prefix) {
  const AddressRange range = AddressRange::parse("127.1.128.0/17").value();
  EXPECT_FALSE(range.contains(address("127.1.127.255")));
  EXPECT_TRUE(range.contains(address("127.1.128.0")));
  EXPECT_TRUE(range.contains(address("127.1.255.255")));
  EXPECT_FALSE(range.contains(address("127.2.0.0")));
}

TEST(AddressRange, from_to) {
  const AddressRange range = AddressRange::parse("127.0.0.250-127.0.1.3").value();
  EXPECT_FALSE(range.contains(address("127.0.0.249")));
  EXPECT_TRUE(range.contains(address("127.0.0.250")));
  EXPECT_TRUE(range.contains(address("127.0.1.3")));
  EXPECT_FALSE(range.contains(address("127.0.1.4")));
}

TEST(AddressRange, ipv6) {
  EXPECT_TRUE(AddressRange::parse("::1").value().contains(address("::1")));
  const AddressRange range = AddressRange::parse("fd00::/8").value();
  EXPECT_TRUE(range.contains(address("fdff:ffff::1")));
  EXPECT_FALSE(range.contains(address("fe00::")));
}

TEST(AddressRange, refused) {
  for (const char* text : {"", "host", "127.0.0", "127.0.0.0/33", "127.0.0.1/24", "127.0.0.0/",
                           "127.0.0.0/8x", "127.0.0.2-127.0.0.1", "127.0.0.1-::1", "127.0.0.1-", "::/129"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
}

TEST(RangeTable, smallest_range_wins) {
  const RangeTable table(
      {AddressRange::parse("127.0.0.0/8").value(), AddressRange::parse("127.1.0.0/16").value(),
       AddressRange::parse("127.1.2.3").value(), AddressRange::parse("127.1.2.0-127.1.2.9").value()});
  EXPECT_EQ(table.find(address("127.9.9.9")), 0U);
  EXPECT_EQ(table.find(address("127.1.9.9")), 1U);
  EXPECT_EQ(table.find(address("127.1.2.3")), 2U);
  EXPECT_EQ(table.find(address("127.1.2.9")), 3U);
  EXPECT_EQ(table.find(address("10.0.0.1")), std::nullopt);
}

TEST(RangeTable, first_of_equally_small_ranges_wins) {
  const RangeTable table({AddressRange::parse("127.0.0.1-127.0.0.10").value(),
                          AddressRange::parse("127.0.0.5-127.0.0.14").value()});
  EXPECT_EQ(table.find(address("127.0.0.7")), 0U);
  EXPECT_EQ(table.find(address("127.0.0.12")), 1U);
}

}  // namespace
}  // namespace rdpwatch::sim
