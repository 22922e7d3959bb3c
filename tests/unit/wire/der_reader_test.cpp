#include "probes/wire/der_reader.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

std::size_t framed_length(const char* hex) {
  const auto bytes = from_hex(hex);
  const auto result = frame_der(bytes, 300);
  EXPECT_TRUE(result.ok()) << hex;
  return result.ok() ? result.value() : 0;
}

Malformed framing_error(const char* hex) {
  const auto bytes = from_hex(hex);
  const auto result = frame_der(bytes, 300);
  EXPECT_NE(result.malformed(), nullptr) << hex;
  return result.malformed() != nullptr ? *result.malformed() : Malformed{};
}

TEST(FrameDer, GivesTheLengthWithTheHeader) {
  EXPECT_EQ(framed_length("3000"), 2u);
  EXPECT_EQ(framed_length("3003020106"), 5u);
  EXPECT_EQ(framed_length("3003020106 3003020106"), 5u);
}

TEST(FrameDer, ReadsLengthsOfUpToFourBytes) {
  EXPECT_EQ(framed_length("308103020106"), 6u);
  EXPECT_EQ(framed_length("30820003020106"), 7u);
  EXPECT_EQ(framed_length("3083000003020106"), 8u);
  EXPECT_EQ(framed_length("308400000003020106"), 9u);
  EXPECT_EQ(framing_error("30850000000003020106"),
            (Malformed{DecodeError::malformed, "DER length of 5 bytes, at most 4 are allowed"}));
  EXPECT_EQ(framing_error("30ff"),
            (Malformed{DecodeError::malformed, "DER length of 127 bytes, at most 4 are allowed"}));
}

TEST(FrameDer, SaysHowMuchIsMissing) {
  EXPECT_EQ(*frame_der({}, 300).need_more(), NeedMore{2});
  EXPECT_EQ(*frame_der(from_hex("30"), 300).need_more(), NeedMore{1});
  EXPECT_EQ(*frame_der(from_hex("3003"), 300).need_more(), NeedMore{3});
  EXPECT_EQ(*frame_der(from_hex("30030201"), 300).need_more(), NeedMore{1});
  EXPECT_EQ(*frame_der(from_hex("3082"), 300).need_more(), NeedMore{2});
  EXPECT_EQ(*frame_der(from_hex("30820100"), 300).need_more(), NeedMore{256});
}

TEST(FrameDer, KnowsForeignBytesByTheFirstOne) {
  const Malformed foreign{DecodeError::foreign, "does not start with a DER SEQUENCE"};
  EXPECT_EQ(framing_error("03"), foreign);  // TPKT
  EXPECT_EQ(framing_error("00000000"), foreign);
}

TEST(FrameDer, RefusesAnIndefiniteLength) {
  EXPECT_EQ(framing_error("3080 0201060000"),
            (Malformed{DecodeError::malformed, "DER length is indefinite"}));
}

TEST(FrameDer, RefusesMoreThanTheCallerAllowsBeforeItIsThere) {
  EXPECT_EQ(framing_error("30820129"),
            (Malformed{DecodeError::oversized, "DER SEQUENCE of 301 bytes, at most 300 expected"}));
  EXPECT_EQ(*frame_der(from_hex("30820128"), 300).need_more(), NeedMore{296});
  EXPECT_EQ(framing_error("3084ffffffff"),
            (Malformed{DecodeError::oversized, "DER SEQUENCE of 4294967301 bytes, at most 300 expected"}));
}

TEST(DerReader, ReadsElementsOneAfterAnother) {
  const auto bytes = from_hex("020106 a1040402beef");
  std::string error;
  DerReader reader(bytes, error);
  EXPECT_EQ(reader.integer(), 6);
  EXPECT_FALSE(reader.at_end());
  DerReader inner = reader.enter(der::context(1));
  const auto octets = inner.contents(der::kOctetString);
  EXPECT_EQ(std::vector<std::uint8_t>(octets.begin(), octets.end()), from_hex("beef"));
  EXPECT_TRUE(inner.at_end());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(error, "");
}

std::int64_t integer(const char* hex) {
  const auto bytes = from_hex(hex);
  std::string error;
  DerReader reader(bytes, error);
  const std::int64_t value = reader.integer();
  EXPECT_EQ(error, "") << hex;
  return value;
}

TEST(DerReader, ReadsIntegersAsTwosComplement) {
  EXPECT_EQ(integer("020100"), 0);
  EXPECT_EQ(integer("02017f"), 127);
  EXPECT_EQ(integer("020180"), -128);
  EXPECT_EQ(integer("02020080"), 128);
  EXPECT_EQ(integer("0204c000006d"), -1073741715);
  EXPECT_EQ(integer("020500c000006d"), 3221225581);
  EXPECT_EQ(integer("0205ffffffffff"), -1);
  EXPECT_EQ(integer("02058000000000"), -549755813888);
}

std::string reading_error(const char* hex, std::uint8_t tag) {
  const auto bytes = from_hex(hex);
  std::string error;
  DerReader reader(bytes, error);
  if (tag == der::kInteger) {
    EXPECT_EQ(reader.integer(), 0) << hex;
  } else {
    EXPECT_TRUE(reader.contents(tag).empty()) << hex;
  }
  EXPECT_TRUE(reader.at_end()) << hex;
  return error;
}

TEST(DerReader, SaysWhatIsWrong) {
  EXPECT_EQ(reading_error("", der::kOctetString), "a DER element is missing or cut off");
  EXPECT_EQ(reading_error("04", der::kOctetString), "a DER element is missing or cut off");
  EXPECT_EQ(reading_error("048201", der::kOctetString), "a DER element is missing or cut off");
  EXPECT_EQ(reading_error("0403beef", der::kOctetString), "DER length 3, only 2 bytes follow");
  EXPECT_EQ(reading_error("0484ffffffffbeef", der::kOctetString),
            "DER length 4294967295, only 2 bytes follow");
  EXPECT_EQ(reading_error("04850000000001be", der::kOctetString),
            "DER length of 5 bytes, at most 4 are allowed");
  EXPECT_EQ(reading_error("1f8100", der::kOctetString), "DER tag of more than one byte");
  EXPECT_EQ(reading_error("3000", der::kOctetString), "DER tag 0x30 where 0x04 belongs");
  EXPECT_EQ(reading_error("0200", der::kInteger), "DER INTEGER of 0 bytes, 1 to 5 are allowed");
  EXPECT_EQ(reading_error("0206000000000001", der::kInteger), "DER INTEGER of 6 bytes, 1 to 5 are allowed");
}

TEST(DerReader, StaysFailedWithItsFirstError) {
  const auto bytes = from_hex("a0030500ff 020106");
  std::string error;
  DerReader outer(bytes, error);
  DerReader inner = outer.enter(der::context(0));
  inner.contents(der::kOctetString);
  EXPECT_EQ(error, "DER tag 0x05 where 0x04 belongs");
  EXPECT_EQ(inner.next().tag, 0);
  EXPECT_EQ(outer.integer(), 0);
  EXPECT_TRUE(outer.enter(der::kSequence).at_end());
  EXPECT_EQ(error, "DER tag 0x05 where 0x04 belongs");
}

}  // namespace
}  // namespace rdpwatch::wire
