#include "daemon/report/result_json.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/report/json_text.hpp"
#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

constexpr const char* kHealthy = R"({
  "schema": "rdpwatch.probe/1", "target": "ts09.corp.example.com:3389", "address": "10.0.0.9:3389",
  "group": "rdsh-emea", "module": "tls", "started": "2026-11-22T14:00:00.123Z", "duration_seconds": 0.041,
  "success": true,
  "phases": [ { "phase": "resolve", "seconds": 0.001 }, { "phase": "connect", "seconds": 0.011 },
              { "phase": "negotiate", "seconds": 0.012 }, { "phase": "tls", "seconds": 0.017 } ],
  "negotiation": { "requested": ["ssl", "hybrid", "hybrid_ex"], "selected": "hybrid_ex",
                   "flags": ["extended_client_data"], "attempts": [] },
  "tls": { "version": "TLSv1.2", "cipher": "ECDHE-RSA-AES256-GCM-SHA384", "group": "x25519", "profile": "modern" },
  "certificate": { "subject": "CN=ts09", "issuer": "CN=ts09", "sans": [], "serial": "6a0f",
                   "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                   "not_before": "2026-08-24T14:00:00Z", "not_after": "2027-02-23T18:48:00Z", "days_to_expiry": 93.2,
                   "key_type": "RSA", "key_bits": 2048, "signature_algorithm": "sha256WithRSAEncryption",
                   "problems": ["self_signed"] },
  "transport": { "rtt_seconds": 0.011, "retransmits": 0 }, "not_applicable": [], "findings": [] })";

constexpr const char* kReset = R"({
  "schema": "rdpwatch.probe/1", "target": "ts09.corp.example.com:3389", "address": "10.0.0.9:3389",
  "group": "rdsh-emea", "module": "tls", "started": "2026-11-22T14:00:00.123Z", "duration_seconds": 0.036,
  "success": false,
  "failure": { "phase": "tls", "reason": "connection_reset", "category": "network",
               "detail": "reset 12 ms after ClientHello, 0 bytes received", "number": 104 },
  "client_error": { "code": "0x904", "extended_code": "0x7" },
  "phases": [ { "phase": "resolve", "seconds": 0.001 }, { "phase": "connect", "seconds": 0.011 },
              { "phase": "negotiate", "seconds": 0.012 }, { "phase": "tls", "seconds": 0.012 } ],
  "negotiation": { "requested": ["ssl", "hybrid", "hybrid_ex"], "selected": "hybrid_ex",
                   "flags": ["extended_client_data"], "attempts": [] },
  "transport": { "rtt_seconds": 0.011, "retransmits": 0 }, "not_applicable": [], "findings": [] })";

// What a program reads: parsed from the text that we print, in both layouts.
void expect_json(const ProbeResult& result, const char* expected) {
  for (const auto layout : {JsonLayout::compact, JsonLayout::indented}) {
    EXPECT_EQ(json::parse(to_text(to_json(result), layout)), json::parse(expected))
        << to_text(to_json(result), JsonLayout::indented);
  }
}

TEST(ResultJson, healthy) {
  expect_json(healthy(), kHealthy);
}
TEST(ResultJson, failed) {
  expect_json(reset_after_client_hello(), kReset);
}

TEST(ResultJson, nla_and_the_host) {
  const json::object out = to_json(healthy_with_nla());
  EXPECT_EQ(out.at("nla"), json::parse(R"({ "outcome": "challenge", "version": 6 })"));
  EXPECT_EQ(out.at("host"), json::parse(R"({
    "netbios_computer": "TS09", "netbios_domain": "CORP", "dns_computer": "ts09.corp.example.com",
    "dns_domain": "corp.example.com", "dns_forest": "corp.example.com", "os_build": "10.0.20348",
    "os_name": "Windows Server 2022", "clock_skew_seconds": 0.2, "name_mismatch": false })"));
  std::string keys;
  for (const auto& member : out) keys.append(member.key()).append(" ");
  EXPECT_EQ(keys,
            "schema target address group module started duration_seconds success phases negotiation tls "
            "certificate nla host transport not_applicable findings ");
}

TEST(ResultJson, nla_without_a_challenge) {
  ProbeResult result = healthy();
  result.nla.emplace();
  EXPECT_EQ(to_json(result).at("nla"), json::parse(R"({ "outcome": "no_credssp" })"));
  result.nla = handshake::NlaFacts{handshake::NlaOutcome::error_code, 6, 0xC000006DU};
  EXPECT_EQ(to_json(result).at("nla"),
            json::parse(R"({ "outcome": "error_code", "version": 6, "error_code": "0xc000006d",
                             "status": "STATUS_LOGON_FAILURE" })"));
  result.nla->error_code = 0xC0DE;
  EXPECT_EQ(to_json(result).at("nla"),
            json::parse(R"({ "outcome": "error_code", "version": 6, "error_code": "0x0000c0de" })"));
}

TEST(ResultJson, a_host_that_says_little_of_itself) {
  ProbeResult result = healthy_with_nla();
  result.host.emplace();
  EXPECT_FALSE(to_json(result).contains("host"));
  result.host->netbios_computer = "TS09";
  result.host->name_mismatch = true;
  EXPECT_EQ(to_json(result).at("host"),
            json::parse(R"({ "netbios_computer": "TS09", "name_mismatch": true })"));
}

TEST(ResultJson, clock_skew_has_one_decimal) {
  ProbeResult result = healthy_with_nla();
  for (const auto& [skew, shown] : {std::pair(-0.04, 0.0), {7200.26, 7200.3}, {-9e11, -9e11}}) {
    result.host->clock_skew = handshake::Seconds(skew);
    EXPECT_DOUBLE_EQ(to_json(result).at("host").at("clock_skew_seconds").to_number<double>(), shown) << skew;
  }
}

TEST(ResultJson, mcs_and_licensing) {
  ProbeResult result = healthy_with_licensing();
  EXPECT_EQ(to_json(result).at("mcs"),
            json::parse(R"({ "version": "10.12", "requested_protocols": ["ssl"], "encryption_method": "none",
                             "encryption_level": "none" })"));
  EXPECT_EQ(to_json(result).at("licensing"),
            json::parse(R"({ "outcome": "license_request", "company": "Microsoft Corporation",
                             "product_id": "A02", "scopes": ["microsoft.com"] })"));
  result.mcs = handshake::McsFacts{0x00080004, std::nullopt, 0x02, 2, 512};
  EXPECT_EQ(to_json(result).at("mcs"),
            json::parse(R"({ "version": "5.0 to 8.1", "encryption_method": "128-bit RC4",
                             "encryption_level": "client_compatible", "rdp_key_bits": 512 })"));
  result.licensing.emplace();
  EXPECT_EQ(to_json(result).at("licensing"), json::parse(R"({ "outcome": "valid_client" })"));
}

TEST(ResultJson, keys_stand_in_the_contracts_order) {
  EXPECT_EQ(
      to_text(to_json(failed(Phase::connect, FailureReason::connection_refused)), JsonLayout::compact),
      R"({"schema":"rdpwatch.probe/1","target":"ts09:3389","module":"tls","started":"2026-11-22T14:00:00.123Z",)"
      R"("duration_seconds":0.003,"success":false,"failure":{"phase":"connect","reason":"connection_refused",)"
      R"("category":"network"},"client_error":{"code":"0x204"},"phases":[{"phase":"connect","seconds":0.003}],)"
      R"("not_applicable":[],"findings":[]})");
}

TEST(ResultJson, fault_of_our_own) {
  const json::object out = to_json(failed(Phase::connect, FailureReason::local_resources));
  EXPECT_FALSE(out.at("success").as_bool());
  EXPECT_EQ(out.at("failure").at("category"), "local");
  EXPECT_FALSE(out.contains("client_error"));
}

TEST(ResultJson, abandoned) {
  expect_json(abandoned(), R"({ "schema": "rdpwatch.probe/1", "target": "ts09:3389", "module": "tls",
    "started": "2026-11-22T14:00:00.123Z", "duration_seconds": 0, "success": false, "abandoned": "shutdown",
    "phases": [], "not_applicable": [], "findings": [] })");
}

TEST(ResultJson, attempts_before_the_deciding_connection) {
  ProbeResult result = healthy();
  result.negotiation->attempts = {
      {0x0B, handshake::TlsProfile::modern, Phase::negotiate, FailureReason::ssl_not_allowed_by_server,
       "RDP_NEG_FAILURE 2"},
      {0x00, handshake::TlsProfile::legacy, Phase::tls, FailureReason::tls_alert, ""}};
  EXPECT_EQ(to_json(result).at("negotiation").at("attempts"), json::parse(R"([
    { "requested": ["ssl", "hybrid", "hybrid_ex"], "tls_profile": "modern", "phase": "negotiate",
      "reason": "ssl_not_allowed_by_server", "detail": "RDP_NEG_FAILURE 2" },
    { "requested": ["rdp"], "tls_profile": "legacy", "phase": "tls", "reason": "tls_alert" } ])"));
}

TEST(ResultJson, protocols_and_flags_by_name) {
  ProbeResult result = healthy();
  result.negotiation->requested = 0x17;
  result.negotiation->selected = 0x10;
  result.negotiation->flags = 0xBF;
  EXPECT_EQ(to_json(result).at("negotiation"),
            json::parse(R"({ "requested": ["ssl", "hybrid", "rdstls", "rdsaad"],
    "selected": "rdsaad", "flags": ["extended_client_data", "dynvc_gfx", "reserved", "restricted_admin",
    "redirected_authentication", "0xa0"], "attempts": [] })"));
  result.negotiation->selected = 0x40;
  EXPECT_EQ(to_json(result).at("negotiation").at("selected"), "unknown(0x40)");
  result.negotiation->selected = 0;
  EXPECT_EQ(to_json(result).at("negotiation").at("selected"), "rdp");
}

TEST(ResultJson, what_was_not_observed_is_absent) {
  ProbeResult result = healthy();
  result.negotiation->selected.reset();
  result.tls->group.clear();
  const json::object out = to_json(result);
  EXPECT_FALSE(out.at("negotiation").as_object().contains("selected"));
  EXPECT_FALSE(out.at("negotiation").as_object().contains("flags"));
  EXPECT_FALSE(out.at("tls").as_object().contains("group"));
  const json::object bare = to_json(failed(Phase::resolve, FailureReason::name_not_found));
  for (const char* key : {"address", "group", "negotiation", "tls", "certificate", "nla", "host", "mcs",
                          "licensing", "transport"}) {
    EXPECT_FALSE(bare.contains(key)) << key;
  }
  EXPECT_EQ(json::serialize(bare).find("null"), std::string::npos);
}

TEST(ResultJson, no_round_trip_was_seen) {
  ProbeResult result = healthy();
  result.transport->rtt = {};
  EXPECT_FALSE(to_json(result).contains("transport"));
}

TEST(ResultJson, expiry_has_one_decimal) {
  ProbeResult result = healthy();
  for (const auto& [days, shown] :
       {std::pair(0.04, 0.0), {-0.04, 0.0}, {-3.06, -3.1}, {6.95, 7.0}, {364.349, 364.3}}) {
    result.certificate = certificate(days);
    EXPECT_DOUBLE_EQ(to_json(result).at("certificate").at("days_to_expiry").to_number<double>(), shown)
        << days;
  }
}

TEST(ResultJson, dates_at_the_ends_of_the_clock) {
  ProbeResult result = healthy();
  result.certificate->not_before = std::chrono::system_clock::time_point::min();
  result.certificate->not_after = std::chrono::system_clock::time_point::max();
  EXPECT_EQ(to_json(result).at("certificate").at("not_after"), "2262-04-11T23:47:16Z");
  result.certificate->not_after = std::chrono::system_clock::time_point::min();
  EXPECT_EQ(to_json(result).at("certificate").at("not_after"), "1677-09-21T00:12:43Z");
  EXPECT_LT(to_json(result).at("certificate").at("days_to_expiry").to_number<double>(), -127000);
}

TEST(ResultJson, phases_that_the_host_does_not_offer) {
  ProbeResult result = healthy();
  result.not_applicable = {{Phase::nla, "the host offers no CredSSP"}};
  EXPECT_EQ(to_json(result).at("not_applicable"),
            json::parse(R"([{ "phase": "nla", "why": "the host offers no CredSSP" }])"));
}

TEST(JsonText, hostile_strings_are_escaped) {
  const json::value value(
      "a\"\\\n\x1b[31m\x7f\xc2\x9b"
      "0m \xe2\x80\xae ok \xff \xf3\xa0\x81\x81 \xc3\xa4");
  EXPECT_EQ(to_text(value, JsonLayout::compact),
            "\"a\\\"\\\\\\n\\u001b[31m\\u007f\\u009b0m \\u202e ok \xef\xbf\xbd \\udb40\\udc41 \xc3\xa4\"");
}

TEST(JsonText, numbers_are_plain_decimals) {
  const json::value value{0.041, 1e-6,   93.2, -3.0, 12345678, std::uint64_t{18446744073709551615U},
                          true,  nullptr};
  EXPECT_EQ(to_text(value, JsonLayout::compact),
            "[0.041,0.000001,93.2,-3,12345678,18446744073709551615,true,null]");
}

TEST(JsonText, indented_keeps_short_values_on_one_line) {
  const json::value value = json::parse(R"({"a":{},"b":[],"c":[1,2],"d":")" + std::string(90, 'x') + R"("})");
  EXPECT_EQ(to_text(value, JsonLayout::indented),
            "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": [1, 2],\n  \"d\": \"" + std::string(90, 'x') + "\"\n}");
}

}  // namespace
}  // namespace rdpwatch::report
