#include "daemon/api/explain_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/explain.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::StartsWith;

json::object explained(const std::string& query) {
  auto answer = explain_json(query);
  if (const auto* const fault = std::get_if<Fault>(&answer)) {
    ADD_FAILURE() << query << ": " << fault->what;
    return {};
  }
  return std::get<json::object>(answer);
}

Fault fault_explaining(const std::string& query) {
  auto answer = explain_json(query);
  if (!std::holds_alternative<Fault>(answer)) {
    ADD_FAILURE() << query << " is known";
    return {};
  }
  return std::get<Fault>(answer);
}

TEST(ExplainJson, ACodeWithItsExtendedCode) {
  const auto out = explained("0x904 0x7");
  EXPECT_EQ(out.at("schema"), "rdpwatch.explain/1");
  EXPECT_EQ(out.at("query"), "0x904 0x7");
  const auto& codes = out.at("codes").as_array();
  ASSERT_EQ(codes.size(), 2u);
  EXPECT_EQ(codes[0].at("code"), "0x904");
  EXPECT_EQ(codes[0].at("decimal"), 2308);
  EXPECT_EQ(codes[0].at("kind"), "client");
  EXPECT_EQ(codes[1].at("code"), "0x7");
  EXPECT_EQ(codes[1].at("kind"), "extended");
  EXPECT_EQ(out.at("causes").at(0).at("id"), "private_key_unreadable");
  EXPECT_EQ(explained("2308/7").at("codes"), out.at("codes"));
}

TEST(ExplainJson, SaysWhatTheCommandSays) {
  report::TextStyle style;
  style.width = 100;
  EXPECT_EQ(std::string(explained("0x904 0x7").at("text").as_string()),
            report::explain("0x904", "0x7", style).text);
  EXPECT_EQ(std::string(explained("timeout").at("text").as_string()),
            report::explain("timeout", std::nullopt, style).text);
}

TEST(ExplainJson, AnExtendedCodeAlone) {
  const auto out = explained("0x7");
  ASSERT_EQ(out.at("codes").as_array().size(), 1u);
  EXPECT_EQ(out.at("codes").at(0).at("kind"), "extended");
  EXPECT_FALSE(out.contains("causes"));
}

TEST(ExplainJson, OurIds) {
  const auto reason = explained("connection_reset").at("reasons").at(0);
  EXPECT_EQ(reason.at("category"), "network");
  EXPECT_EQ(reason.at("phases").at(0).at("phase"), "connect");
  const auto cause = explained("private_key_unreadable").at("causes").at(0);
  EXPECT_EQ(cause.at("title"), "The host can't use its certificate's private key");
  EXPECT_EQ(cause.at("blame"), "host");
  EXPECT_EQ(explained("tls").at("phases").at(0).at("id"), "tls");
  EXPECT_GT(explained("tls").at("reasons").as_array().size(), 5u);
  EXPECT_EQ(explained("clock_skew").at("findings").at(0).at("id"), "clock_skew");
  EXPECT_EQ(explained("expired").at("certificate_problems").at(0).at("id"), "expired");
}

TEST(ExplainJson, WhatIsNotKnownIsAFault) {
  const Fault unknown = fault_explaining("timeot");
  EXPECT_EQ(unknown.status, 404u);
  EXPECT_THAT(unknown.what, StartsWith("nothing is known of \"timeot\"\n"));
  EXPECT_THAT(unknown.what, HasSubstr("did you mean timeout"));
  EXPECT_EQ(fault_explaining("timeout 0x7").status, 404u);
  for (const auto* const query : {"", "  ", "0x904 0x7 0x8", "/"}) {
    EXPECT_EQ(fault_explaining(query).status, 400u) << query;
    EXPECT_EQ(fault_explaining(query).allowed.front(), "0x904") << query;
  }
}

}  // namespace
}  // namespace rdpwatch::api
