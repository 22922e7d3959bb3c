#include "daemon/pages/certificates_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pages/certificate_list.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using namespace fleet::test;
using fleet::TargetState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kOneDay = std::chrono::hours(24);

struct CertificateShape {
  int ends_in_days = 100;
  std::string issuer;  ///< empty: self-signed
  std::string sha256 = "aa";
  std::vector<handshake::CertificateProblem> problems = {};
};

TargetState with_shape(TargetState state, const CertificateShape& shape) {
  handshake::CertificateFacts facts;
  facts.subject = "CN=" + state.key.target;
  facts.issuer = shape.issuer.empty() ? facts.subject : "CN=" + shape.issuer;
  facts.self_signed = shape.issuer.empty();
  facts.sha256 = shape.sha256;
  facts.serial = "6a0f";
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.signature_algorithm = "sha256WithRSAEncryption";
  facts.not_before = at(kLastRun) - 30 * kOneDay;
  facts.not_after = at(kLastRun) + shape.ends_in_days * kOneDay;
  facts.problems = shape.problems;
  state.certificate = std::make_shared<const handshake::CertificateFacts>(std::move(facts));
  state.certificates = {{{}, at(kLastRun - 7200), at(kLastRun - 7200), at(kLastRun)}};
  return state;
}

std::vector<fleet::StatePtr> certificate_fleet() {
  using handshake::CertificateProblem;
  return fleet_of({with_shape(up("c1"), {100, "Corp CA", "11"}),
                   with_shape(down("c2", 500), {-3, "", "22", {CertificateProblem::self_signed}}),
                   with_shape(with_label(up("c3", "b"), "site", "fra1"),
                              {5, "Corp CA", "33", {CertificateProblem::weak_key}}),
                   with_shape(up("c4", "b"), {20, "Corp CA", "33", {CertificateProblem::name_mismatch}}),
                   up("c5")});
}

CertificateList certificates_of(const std::string& query) {
  const auto parsed = parse_certificate_query(http::parse_query(query).value());
  if (const auto* const fault = std::get_if<api::Fault>(&parsed)) {
    ADD_FAILURE() << fault->what;
    return {};
  }
  return list_certificates(certificate_fleet(), std::get<CertificateQuery>(parsed), at(kLastRun));
}

std::vector<std::string> certificate_names(const std::string& query) {
  std::vector<std::string> out;
  for (const auto& row : certificates_of(query).rows) out.push_back(row.state->key.target);
  return out;
}

api::RowContext certificate_context() {
  return {at(kLastRun), std::make_shared<const fleet::FleetJudgement>()};
}

Page certificates_shown(const std::vector<fleet::StatePtr>& fleet, const std::string& query) {
  return std::get<Page>(certificates_page(fleet, certificate_context(), http::parse_query(query).value()));
}

std::string certificates_html(const std::vector<fleet::StatePtr>& fleet, const std::string& query) {
  return html_answer(certificates_shown(fleet, query), {"1", at(kLastRun)}, "/certificates").body;
}

TEST(CertificatesPage, TheSoonestToEndFirst) {
  EXPECT_THAT(certificate_names(""), ElementsAre("c2", "c3", "c4", "c1"));
  EXPECT_EQ(certificates_of("").total, 4u);
  EXPECT_EQ(certificates_of("").without, 1u);
  EXPECT_THAT(certificate_names("per_page=2&page=2"), ElementsAre("c4", "c1"));
  EXPECT_THAT(certificate_names("per_page=2&page=3"), ElementsAre());
}

TEST(CertificatesPage, FiltersAndWhatIsCountedBesideThem) {
  EXPECT_THAT(certificate_names("kind=expired"), ElementsAre("c2"));
  EXPECT_THAT(certificate_names("kind=within_7_days"), ElementsAre("c3"));
  EXPECT_THAT(certificate_names("kind=within_21_days"), ElementsAre("c3", "c4"));
  EXPECT_THAT(certificate_names("kind=self_signed"), ElementsAre("c2"));
  EXPECT_THAT(certificate_names("kind=ca_issued"), ElementsAre("c3", "c4", "c1"));
  EXPECT_THAT(certificate_names("kind=weak&kind=name_mismatch"), ElementsAre("c3", "c4"));
  EXPECT_THAT(certificate_names("group=b"), ElementsAre("c3", "c4"));
  EXPECT_THAT(certificate_names("site=fra1"), ElementsAre("c3"));
  EXPECT_THAT(certificate_names("q=CORP"), ElementsAre("c3", "c4", "c1"));
  EXPECT_THAT(certificate_names("q=c2"), ElementsAre("c2"));
  // expired, within 7, 21, 60 days, overdue, self-signed, CA-issued, weak, changed, name mismatch
  EXPECT_THAT(certificates_of("kind=expired").kinds, ElementsAre(1, 1, 2, 2, 0, 1, 3, 1, 0, 1));
  EXPECT_THAT(certificates_of("group=b").kinds, ElementsAre(0, 1, 2, 2, 0, 0, 2, 1, 0, 1));
}

TEST(CertificatesPage, OverdueAndUnexpectedlyChanged) {
  auto overdue = with_shape(up("o"), {3, "", "44"});
  auto facts = *overdue.certificate;
  facts.not_before = facts.not_after - 183 * kOneDay;
  overdue.certificate = std::make_shared<const handshake::CertificateFacts>(facts);
  EXPECT_TRUE(is_of_kind(overdue, CertificateKind::renewal_overdue, at(kLastRun)));
  auto changed = with_shape(up("x"), {});
  EXPECT_FALSE(is_of_kind(changed, CertificateKind::changed, at(kLastRun)));
  changed.unexpected_change = std::make_shared<const fleet::UnexpectedChange>(
      fleet::UnexpectedChange{at(kLastRun - 3600), "another CA"});
  EXPECT_TRUE(is_of_kind(changed, CertificateKind::changed, at(kLastRun)));
  EXPECT_THAT(certificates_html(fleet_of({changed}), ""),
              HasSubstr("<li>changed 1 h 0 min ago: another CA</li>"));
}

TEST(CertificatesPage, OneOnSeveralHostsSaysOnHowMany) {
  const auto rows = certificates_of("site=fra1").rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.front().on_hosts, 2u);
  EXPECT_THAT(certificates_html(certificate_fleet(), "site=fra1"),
              HasSubstr("<a href=\"./certificates?q=33\">the same one on 2 hosts</a>"));
}

TEST(CertificatesPage, AnExpiredOneOfAHostThatIsDownSaysWhenItWasSeen) {
  const std::string shown = certificates_html(certificate_fleet(), "kind=expired");
  EXPECT_THAT(shown, HasSubstr("expired 3 days ago"));
  EXPECT_THAT(shown, HasSubstr("<span class=\"state state-down\">down</span> <small>last seen <time "
                               "datetime=\"1970-01-12T11:46:40Z\" title=\"1970-01-12 11:46:40 UTC\">2 h 0 "
                               "min ago</time></small>"));
  EXPECT_THAT(shown, HasSubstr("value=\"0\""));
  EXPECT_THAT(certificates_html(certificate_fleet(), "q=c1"), Not(HasSubstr("last seen")));
}

TEST(CertificatesPage, HostileTextIsText) {
  auto state = with_shape(up("<script>alert(1)</script>"), {100, "\"><img src=x>", "55"});
  const std::string shown = certificates_html(fleet_of({state}), "");
  EXPECT_THAT(shown, HasSubstr("CN=&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(shown, HasSubstr("issued by CN=&quot;&gt;&lt;img src=x&gt;"));
  EXPECT_THAT(shown, Not(HasSubstr("<script>")));
  EXPECT_THAT(shown, Not(HasSubstr("<img")));
}

TEST(CertificatesPage, WhatIsNotAllowedIsSaid) {
  const auto said = [](const std::string& query) {
    const Page shown = certificates_shown(certificate_fleet(), query);
    EXPECT_EQ(shown.status, 400u) << query;
    return std::string(shown.model.at("fault_what").as_string());
  };
  EXPECT_EQ(said("kind=expird"), "kind: 'expird' is not known (did you mean 'expired'?)");
  EXPECT_EQ(said("state=down"), "there is no parameter 'state' (did you mean 'site'?)");
  EXPECT_EQ(said("page=0"), "page: must be a whole number, not '0'");
  EXPECT_EQ(certificates_shown(certificate_fleet(), "kind=&q=&group=&site=").status, 200u);
}

TEST(CertificatesPage, TheFileHasExactlyTheRowsOfTheFilter) {
  auto evil = with_shape(up("=cmd|calc", "g"), {2, "Corp CA", "66"});
  auto fleet = certificate_fleet();
  fleet.push_back(std::make_shared<const TargetState>(std::move(evil)));
  auto made =
      certificates_page(fleet, certificate_context(), http::parse_query("group=g&format=csv").value());
  auto& file = std::get<http::Response>(made);
  EXPECT_EQ(file.content_type, "text/csv; charset=utf-8; header=present");
  std::string text;
  while (true) {
    const auto piece = file.stream->next();
    if (piece.empty()) break;
    text += piece;
  }
  EXPECT_EQ(
      text,
      "id,target,expanded_address,group,site,state,not_after,days_to_expiry,not_before,subject,issuer,"
      "names,self_signed,serial,sha256,key,signature_algorithm,kinds,problems,changed,change,on_hosts,"
      "last_seen\r\n"
      "~3dcmd~7ccalc,'=cmd|calc,,g,,up,1970-01-14T13:46:40Z,2,1969-12-13T13:46:40Z,CN==cmd|calc,CN="
      "Corp CA,,no,6a0f,66,RSA 2048,sha256WithRSAEncryption,within_7_days within_21_days within_60_days "
      "ca_issued,,,,1,1970-01-12T11:46:40Z\r\n");
}

}  // namespace
}  // namespace rdpwatch::pages
