#include "probes/diagnosis/client_codes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rdpwatch::diagnosis {
namespace {

TEST(ClientCodes, every_row_is_found_by_hex_and_by_decimal) {
  ASSERT_GE(client_codes().size(), 75U);
  for (const ClientCode& row : client_codes()) {
    const auto by_hex = parse_code(hex_label(row.code));
    const auto by_decimal = parse_code(std::to_string(row.code));
    ASSERT_TRUE(by_hex && by_decimal) << hex_label(row.code);
    EXPECT_EQ(find_client_code(by_hex->value), &row);
    EXPECT_EQ(find_client_code(by_decimal->value), &row);
  }
}

TEST(ClientCodes, every_row_says_where_what_and_why) {
  for (const ClientCode& row : client_codes()) {
    EXPECT_FALSE(row.phase.empty() || row.meaning.empty() || row.cause.empty()) << hex_label(row.code);
    EXPECT_FALSE(row.meaning.ends_with('.') || row.cause.ends_with('.') || row.fix.ends_with('.'))
        << row.meaning;
  }
  for (const ExtendedCode& row : extended_codes()) {
    EXPECT_FALSE(row.meaning.empty() || row.cause.empty()) << hex_label(row.first);
  }
}

TEST(ClientCodes, the_pair_everybody_asks_about) {
  const ClientCode* code = find_client_code(2308);
  ASSERT_NE(code, nullptr);
  EXPECT_EQ(code->code, 0x904U);
  EXPECT_EQ(code->meaning, "the socket was closed: the TCP connection went away, nothing says why");
  EXPECT_EQ(describe(code->certainty), "documented");
  const ExtendedCode* extended = find_extended_code(7);
  ASSERT_NE(extended, nullptr);
  EXPECT_THAT(std::string(extended->meaning), testing::StartsWith("the server denied the connection"));
}

TEST(ClientCodes, codes_of_the_reference_are_all_there) {
  for (const std::uint32_t code :
       {0x0U,       0x1U,       0x2U,       0x3U,       0x4U,       0x104U,     0x108U,     0x106U,
        0x206U,     0x306U,     0x107U,     0x204U,     0x207U,     0x208U,     0x304U,     0x404U,
        0x308U,     0x804U,     0x406U,     0x506U,     0x606U,     0x408U,     0x507U,     0x508U,
        0x604U,     0x509U,     0x516U,     0x608U,     0x704U,     0x706U,     0x708U,     0x807U,
        0x808U,     0x904U,     0x906U,     0xA06U,     0x908U,     0xA07U,     0xB06U,     0xC06U,
        0xB07U,     0xB08U,     0xB09U,     0xC07U,     0xC08U,     0xD06U,     0xD07U,     0xE07U,
        0xF07U,     0x1207U,    0x1104U,    0x1607U,    0x1707U,    0x1807U,    0x1B07U,    0x1C07U,
        0x2207U,    0x1F07U,    0x2104U,    0x2107U,    50331651U,  50331661U,  0x3000005U, 0x3000006U,
        0x3000007U, 0x300000CU, 0x300001BU, 0x300001CU, 0x300001DU, 0x300001FU, 0x3000020U, 0x3000022U,
        0x3000028U, 0x3000029U, 0x300002AU, 0x3000034U, 0x3000035U, 0x3000037U, 0x3000038U}) {
    EXPECT_NE(find_client_code(code), nullptr) << hex_label(code);
  }
  EXPECT_EQ(find_client_code(0x905), nullptr);
}

TEST(ClientCodes, extended_codes_are_found_singly_and_in_ranges) {
  for (const ExtendedCode& row : extended_codes()) {
    EXPECT_EQ(find_extended_code(row.first), &row);
    EXPECT_EQ(find_extended_code(row.last), &row);
  }
  EXPECT_EQ(find_extended_code(0x112F)->meaning, "the graphics subsystem failed");
  EXPECT_EQ(find_extended_code(267)->meaning, "access to the client's licence store was denied");
  EXPECT_EQ(find_extended_code(0x10E0)->meaning, "a malformed message");
  EXPECT_EQ(find_extended_code(0xD), nullptr);
  EXPECT_EQ(find_extended_code(0x401), nullptr);
  EXPECT_EQ(find_extended_code(0x1196), nullptr);
}

TEST(ClientCodes, parse_decimal_also_reads_the_digits_as_hex) {
  const auto written = parse_code("904");
  ASSERT_TRUE(written);
  EXPECT_EQ(written->value, 904U);
  EXPECT_EQ(written->as_hex, 0x904U);
  EXPECT_EQ(parse_code("0X1b07")->value, 0x1B07U);
  EXPECT_FALSE(parse_code("0X1b07")->as_hex);
}

TEST(ClientCodes, parse_refuses_what_is_no_number) {
  for (const char* text :
       {"", "0x", "x904", "904h", " 904", "-1", "+7", "0x100000000", "4294967296", "tls"}) {
    EXPECT_FALSE(parse_code(text)) << text;
  }
  EXPECT_EQ(parse_code("4294967295")->value, 0xFFFFFFFFU);
}

TEST(ClientCodes, what_widely_misread_codes_do_not_mean) {
  for (const std::uint32_t code : {0x3U, 0x4U, 0x204U, 0x207U, 0x808U, 0x904U}) {
    EXPECT_TRUE(client_code_beware(code).starts_with("it ")) << hex_label(code);
  }
  EXPECT_TRUE(extended_code_beware(0x7).starts_with("beside 0x904 it does not mean"));
  EXPECT_EQ(client_code_beware(0xA07), "") << "nobody misreads it";
  EXPECT_EQ(client_code_beware(0x7), "") << "an extended code";
  EXPECT_EQ(extended_code_beware(0x9), "");
}

TEST(ClientCodes, class_of_a_code_that_is_not_in_the_table) {
  EXPECT_EQ(code_class(0x9907), "TLS, CredSSP or authentication");
  EXPECT_EQ(code_class(0x9904), "network");
  EXPECT_EQ(code_class(0x3000099), "Remote Desktop Gateway");
  EXPECT_EQ(code_class(0x99AA), "");
  EXPECT_EQ(code_class(0x80090302), "");
}

}  // namespace
}  // namespace rdpwatch::diagnosis
