#include "daemon/http/query_string.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::http {
namespace {

std::string shown(std::string_view query) {
  const auto parsed = parse_query(query);
  if (!parsed) return "not well-formed";
  std::string out;
  for (const auto& parameter : *parsed)
    out.append("[").append(parameter.name).append("=").append(parameter.value).append("]");
  return out;
}

TEST(QueryString, NamesAndValuesInTheirOrder) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("b=2&a=1&b=3"), "[b=2][a=1][b=3]");
  EXPECT_EQ(shown("a&b=&=c&&d=e=f"), "[a=][b=][=c][d=e=f]");
}

TEST(QueryString, IsDecoded) {
  EXPECT_EQ(shown("q=0x904+0x7"), "[q=0x904 0x7]");
  EXPECT_EQ(shown("q=a%2Bb%20c%26d%3de"), "[q=a+b c&d=e]");
  EXPECT_EQ(shown("label.%6eame=%c3%a4%ff"), "[label.name=\xc3\xa4\xff]");
  EXPECT_EQ(shown("a=%00"), std::string("[a=\0]", 5));
}

TEST(QueryString, WhatIsBrokenIsRefused) {
  EXPECT_EQ(shown("a=%zz"), "not well-formed");
  EXPECT_EQ(shown("a=%2"), "not well-formed");
  EXPECT_EQ(shown("a=\xc3\xa4"), "not well-formed");
  EXPECT_EQ(shown("a=<b>"), "not well-formed");
}

TEST(QueryString, ValuesOfOneName) {
  const auto parsed = parse_query("part=1&x=&part=%32").value();
  EXPECT_EQ(values_of(parsed, "part"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(values_of(parsed, "x"), (std::vector<std::string>{""}));
  EXPECT_EQ(values_of(parsed, "parts"), (std::vector<std::string>{}));
}

}  // namespace
}  // namespace rdpwatch::http
