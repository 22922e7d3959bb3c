#include "probes/wire/byte_reader.hpp"

#include <gtest/gtest.h>

#include "probes/wire/byte_writer.hpp"
#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

TEST(ByteReader, ReadsBothByteOrders) {
  const auto bytes = from_hex("01 0203 0405 06070809");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16be(), 0x0203);
  EXPECT_EQ(reader.u16le(), 0x0504);
  EXPECT_EQ(reader.u32le(), 0x09080706u);
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_FALSE(reader.failed());
}

TEST(ByteReader, FailsForGoodBeyondTheEnd) {
  const auto bytes = from_hex("0102");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u32le(), 0u);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_TRUE(reader.failed());
}

TEST(ByteReader, TakesNothingRatherThanLess) {
  const auto bytes = from_hex("0102");
  ByteReader reader(bytes);
  EXPECT_TRUE(reader.take(3).empty());
  EXPECT_TRUE(reader.failed());
}

TEST(ByteWriter, WritesBothByteOrders) {
  ByteWriter writer;
  writer.u8(1).u16be(0x0203).u16le(0x0405).u32le(0x06070809).text("AB");
  EXPECT_EQ(writer.size(), 11u);
  EXPECT_EQ(writer.take(), from_hex("01 0203 0504 09080706 4142"));
}

}  // namespace
}  // namespace rdpwatch::wire
