// The embedded book: that it loads, has every cause that rules are written against, and keeps its habits.

#include "probes/diagnosis/cause_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace rdpwatch::diagnosis {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// Diagnosis, dashboards and alerts name these.
const std::vector<std::string> kIds = {"private_key_unreadable",
                                       "no_common_tls",
                                       "inline_device_cuts_tls",
                                       "server_stalled",
                                       "too_many_pending_connections",
                                       "termservice_broken",
                                       "inline_device_cuts_rdp",
                                       "half_open_timer",
                                       "pmtu_black_hole",
                                       "packet_loss",
                                       "certificate_missing",
                                       "certificate_not_renewed",
                                       "certificate_renewal_stuck",
                                       "certificate_replaced",
                                       "certificate_not_trusted",
                                       "weak_certificate",
                                       "old_tls_only",
                                       "listener_stopped",
                                       "firewall_drop",
                                       "host_down",
                                       "no_route",
                                       "path_down",
                                       "wrong_service",
                                       "proxy_without_backend",
                                       "source_banned",
                                       "name_unknown",
                                       "resolver_broken",
                                       "dns_stale",
                                       "name_and_address_differ",
                                       "farm_member_dead",
                                       "nla_required",
                                       "nla_not_offered",
                                       "credssp_refused",
                                       "inbound_ntlm_blocked",
                                       "domain_trust_broken",
                                       "clock_wrong",
                                       "standard_rdp_only",
                                       "negotiation_rewritten",
                                       "wrong_machine",
                                       "license_server_missing",
                                       "drain_mode",
                                       "session_denied",
                                       "server_slow",
                                       "client_side_only",
                                       "prober_blind",
                                       "prober_clock_wrong"};

std::vector<std::string> ids_of(const std::vector<const Cause*>& some) {
  std::vector<std::string> ids;
  for (const Cause* cause : some) ids.push_back(cause->id);
  return ids;
}

// Everything that a cause says in words.
std::vector<std::string> words_of(const Cause& cause) {
  std::vector<std::string> texts{cause.title, cause.explanation, cause.tells_apart};
  texts.insert(texts.end(), cause.signs.begin(), cause.signs.end());
  texts.insert(texts.end(), cause.rules_out.begin(), cause.rules_out.end());
  for (const Check& check : cause.checks) texts.insert(texts.end(), {check.look, check.expect});
  for (const Fix& fix : cause.fixes) texts.insert(texts.end(), {fix.step, fix.warning});
  return texts;
}

TEST(CauseBook, loads_without_an_error) {
  std::ifstream file(std::filesystem::path(RDPWATCH_SOURCE_DIR) / "probes/diagnosis/causes.yml");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_THAT(parse_causes(text).errors, IsEmpty());
  EXPECT_EQ(causes().size(), parse_causes(text).causes.size()) << "the program has the file as it is";
}

TEST(CauseBook, has_every_id) {
  std::vector<std::string> ids;
  for (const Cause& cause : causes()) ids.push_back(cause.id);
  EXPECT_EQ(ids, kIds);
  EXPECT_EQ(find_cause("pmtu_black_hole")->title, "Large packets vanish on the path (MTU)");
  EXPECT_EQ(find_cause("pmtu"), nullptr);
}

bool has_figure_of_likelihood(const std::string& text) {
  const std::size_t sign = text.find('%');
  const bool digit_before =
      sign != std::string::npos && sign > 0 && text[sign - 1] >= '0' && text[sign - 1] <= '9';
  return digit_before || text.find("per cent") != std::string::npos ||
         text.find("percent") != std::string::npos;
}

// The words of a text that are ids: small letters joined by underscores.
std::vector<std::string> ids_in(const std::string& text) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : text + " ") {
    const bool part = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (part) {
      word += c;
      continue;
    }
    const bool lower = std::ranges::none_of(word, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
    if (lower && word.find('_') != std::string::npos) found.push_back(word);
    word.clear();
  }
  return found;
}

TEST(CauseBook, texts_are_plain_and_without_figures_of_likelihood) {
  for (const Cause& cause : causes()) {
    for (const std::string& text : words_of(cause)) {
      EXPECT_FALSE(has_figure_of_likelihood(text)) << cause.id << ": " << text;
      for (const char c : text) EXPECT_TRUE(c >= ' ' && c <= '~') << cause.id << ": " << text;
    }
    EXPECT_LE(cause.title.size(), 75u) << cause.id;
    EXPECT_TRUE(cause.explanation.ends_with('.')) << cause.id;
    EXPECT_NE(cause.tells_apart.find(". "), std::string::npos) << cause.id << ": the gist, then more";
  }
  EXPECT_TRUE(has_figure_of_likelihood("likely by 40%"));
}

TEST(CauseBook, every_id_that_a_cause_names_exists) {
  // Keys, problems, alerts and findings that stand in other tables.
  const std::vector<std::string> others = {
      "host_name_mismatch", "nla_ntlm_refused", "negotiation_tampered",
      "legacy_tls",         "fail_on",          "ca_file",
      "server_name",        "min_version",      "require_nla",
      "expand_addresses",   "max_in_flight",    "max_connections_per_minute",
      "not_after",          "not_before",       "security_layer",
      "hybrid_ex",          "self_signed",      "name_mismatch",
      "weak_key",           "weak_signature",   "no_server_auth_eku",
      "internal_error",     "protocol_version", "handshake_failure",
      "unrecognized_name",  "local_resources",  "protocol_not_allowed"};
  for (const Cause& cause : causes()) {
    for (const std::string& text : words_of(cause)) {
      for (const std::string& id : ids_in(text)) {
        const bool known = find_cause(id) != nullptr || std::ranges::find(others, id) != others.end();
        EXPECT_TRUE(known) << cause.id << " names " << id;
      }
    }
  }
}

TEST(CauseBook, the_pair_everybody_asks_about) {
  const std::vector<std::string> ids = ids_of(causes_of_code(0x904, 0x7));
  ASSERT_GE(ids.size(), 10u);
  EXPECT_EQ(ids[0], "private_key_unreadable");
  EXPECT_EQ(ids[1], "no_common_tls");
  EXPECT_EQ(ids[2], "inline_device_cuts_tls");
  EXPECT_THAT(ids, Contains("credssp_refused"));
  EXPECT_THAT(ids, testing::Not(Contains("license_server_missing")));
  EXPECT_GT(std::ranges::find(ids, "server_stalled"), std::ranges::find(ids, "credssp_refused"))
      << "shows 0x704 more usually";
}

TEST(CauseBook, codes_with_and_without_their_extended_part) {
  EXPECT_THAT(ids_of(causes_of_code(0x3, 0x9)), ElementsAre("session_denied"));
  EXPECT_THAT(ids_of(causes_of_code(0xB09, std::nullopt)), ElementsAre("nla_required"));
  EXPECT_THAT(ids_of(causes_of_code(0x3, std::nullopt)), Contains("drain_mode"));
  EXPECT_THAT(ids_of(causes_of_code(0x1, std::nullopt)), ElementsAre("certificate_not_trusted"));
  EXPECT_THAT(causes_of_code(0x708, std::nullopt), IsEmpty());
}

TEST(CauseBook, causes_of_a_failure) {
  EXPECT_THAT(ids_of(causes_of({Phase::negotiate, FailureReason::ssl_cert_not_on_server})),
              ElementsAre("certificate_missing"));
  EXPECT_THAT(ids_of(causes_of({Phase::resolve, FailureReason::name_not_found})),
              ElementsAre("name_unknown"));
  EXPECT_THAT(causes_of({Phase::negotiate, FailureReason::inconsistent_flags}), IsEmpty());
  EXPECT_EQ(to_label(Symptom{Phase::tls, FailureReason::connection_reset}), "tls/connection_reset");
}

TEST(CauseBook, fixes_for_a_platform) {
  const Cause& cause = *find_cause("host_down");
  const auto all = fixes_for(cause, std::nullopt);
  EXPECT_EQ(all.size(), cause.fixes.size());
  EXPECT_TRUE(all.front()->platforms.empty());
  EXPECT_FALSE(all.back()->platforms.empty()) << "those of a platform come last";
  const auto aws = fixes_for(cause, Platform::aws);
  ASSERT_EQ(aws.size(), 3u);
  EXPECT_THAT(aws[1]->command, testing::HasSubstr("aws ec2 start-instances"));
  EXPECT_THAT(aws[2]->command, testing::StartsWith("powercfg"));
}

TEST(CauseBook, words_for_people) {
  EXPECT_EQ(describe(Blame::path), "the network between the prober and the host");
  EXPECT_EQ(describe(Platform::hyperv), "Hyper-V");
  EXPECT_EQ(platform_by_name("azure"), Platform::azure);
  EXPECT_EQ(platform_by_name("Azure"), std::nullopt);
  Check check;
  EXPECT_EQ(describe_place(check), "on the host, in an elevated PowerShell");
  check.on_linux = true;
  EXPECT_EQ(describe_place(check), "on the host, if it runs Linux");
}

}  // namespace
}  // namespace rdpwatch::diagnosis
