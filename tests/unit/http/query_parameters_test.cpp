#include "daemon/http/query_parameters.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::http {
namespace {

QueryParameters parsed(const std::string& query) {
  std::string fault;
  auto parameters = QueryParameters::parse(query, fault);
  EXPECT_TRUE(parameters) << fault;
  return parameters.value_or(QueryParameters());
}

TEST(QueryParameters, NamesAndValuesAreDecoded) {
  const auto query = parsed("target=%5B2001:db8::1%5d:3389&a+b=c+d%21&debug&&empty=&target=second&x=1=2");
  EXPECT_EQ(query.find("target"), "[2001:db8::1]:3389");
  EXPECT_EQ(query.count("target"), 2u);
  EXPECT_EQ(query.find("a b"), "c d!");
  EXPECT_EQ(query.find("debug"), "");
  EXPECT_EQ(query.find("empty"), "");
  EXPECT_EQ(query.find("x"), "1=2");
  EXPECT_EQ(query.find("absent"), std::nullopt);
  EXPECT_EQ(parsed("").count("target"), 0u);
}

TEST(QueryParameters, ABrokenEscapeIsAFault) {
  for (const std::string query : {"a=%", "a=%4", "a=%zz", "%4=1", "a=%+1", "a=%-1"}) {
    std::string fault;
    EXPECT_FALSE(QueryParameters::parse(query, fault));
    EXPECT_EQ(fault, "the query has a % that two hexadecimal digits do not follow: \"" + query + "\"");
  }
}

TEST(QueryParameters, WholeNumbersAreDigitsInRange) {
  EXPECT_EQ(whole_number("0", 0, 9), 0u);
  EXPECT_EQ(whole_number("9", 0, 9), 9u);
  for (const std::string text : {"10", "-1", "+1", " 1", "1 ", "1.0", "", "x", "4294967296"})
    EXPECT_EQ(whole_number(text, 0, 9), std::nullopt) << text;
}

TEST(QueryParameters, WhatIsQuotedIsOneShortPrintableLine) {
  EXPECT_EQ(quote_input("a\r\n\xff"), "\"a\\x0d\\x0a\\xff\"");
  EXPECT_EQ(quote_input(std::string(81, 'x')), "\"" + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace rdpwatch::http
