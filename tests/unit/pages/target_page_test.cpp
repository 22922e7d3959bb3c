#include "daemon/pages/target_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "daemon/pages/charts.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using namespace fleet::test;
namespace json = boost::json;
using handshake::FailureReason;
using handshake::Phase;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kShownAt = 1764000000;  // 2025-11-24T16:00:00Z

handshake::ProbeResult took(handshake::ProbeResult result, milliseconds duration) {
  result.duration = duration;
  return result;
}

fleet::RunHistory two_runs() {
  fleet::RunHistory runs;
  runs.note(took(success(), milliseconds(40)), at(kShownAt - 120));
  runs.note(took(failure(Phase::tls, FailureReason::connection_reset), milliseconds(20)), at(kShownAt - 60));
  return runs;
}

handshake::CertificateFacts own_certificate(int age_days) {
  handshake::CertificateFacts facts;
  facts.subject = "CN=ts10";
  facts.issuer = "CN=ts10";
  facts.sha256 = "9f";
  facts.self_signed = true;
  facts.not_before = at(kShownAt) - std::chrono::days(age_days);
  facts.not_after = facts.not_before + std::chrono::days(183);
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.problems = {handshake::CertificateProblem::self_signed};
  return facts;
}

/// Reset in TLS, with a diagnosis, among five that are well.
class TargetPageTest : public testing::Test {
 protected:
  TargetPageTest() {
    auto bad = failure(Phase::tls, FailureReason::connection_reset);
    bad.failure->detail = "reset 12 ms after ClientHello";
    bad.phases = {{Phase::connect, milliseconds(10)}, {Phase::tls, milliseconds(30)}};
    bad.duration = milliseconds(40);
    bad.negotiation.emplace();
    bad.negotiation->requested = 3;
    bad.negotiation->selected = 2;
    bad.negotiation->attempts.push_back({11, handshake::TlsProfile::modern, Phase::negotiate,
                                         FailureReason::connection_closed, "closed <early>"});
    state_ = down("ts10:3389", kShownAt - 600);
    state_.target = labelled("ts10:3389", {{"platform", "azure"}, {"site", "fra1"}});
    state_.last_result = std::make_shared<const handshake::ProbeResult>(bad);
    state_.certificate = std::make_shared<const handshake::CertificateFacts>(own_certificate(100));
    state_.runs = two_runs();
    diagnosis::Diagnosis judged;
    judged.judged = at(kShownAt - 60);
    judged.failure = *bad.failure;
    judged.causes.push_back(
        {"private_key_unreadable", diagnosis::Likelihood::likely, {"it was <reset>"}, {"it answered once"}});
    state_.diagnosis = std::make_shared<const diagnosis::Diagnosis>(judged);
  }

  static inventory::TargetPtr labelled(const std::string& name, config::Labels labels) {
    inventory::Target made;
    made.name = name;
    made.group = "a";
    made.host = "ts10";
    made.labels = std::move(labels);
    return std::make_shared<const inventory::Target>(std::move(made));
  }

  Page page() const {
    auto fleet =
        fleet_of(numbered(1, 5,
                          [](const auto& name) {
                            return with_tls(up(name), {milliseconds(14), milliseconds(14), milliseconds(14)});
                          }) +
                 std::vector{state_});
    const auto judgement = std::make_shared<const fleet::FleetJudgement>(fleet, at(kShownAt - 5));
    return target_page(state_, fleet, journal_, {at(kShownAt), judgement});
  }

  std::string html() const {
    return html_answer(page(), {"1.2.3", at(kShownAt)}, "/targets/ts10~3a3389").body;
  }

  fleet::TargetState state_;
  events::Journal journal_;
};

TEST(Heartbeat, IsTheLastRunsInWordsTheOldestFirst) {
  const auto beats = heartbeat(two_runs(), at(kShownAt));
  EXPECT_EQ(beats, json::parse(R"([
    {"beat_class": "good", "beat_time": {"iso": "2025-11-24T15:58:00Z", "text": "2025-11-24 15:58:00 UTC", "ago": "2 min"},
     "beat_verdict": "fine", "beat_duration": "40 ms"},
    {"beat_class": "bad", "beat_time": {"iso": "2025-11-24T15:59:00Z", "text": "2025-11-24 15:59:00 UTC", "ago": "1 min"},
     "beat_verdict": "connection_reset in tls", "beat_duration": "20 ms"}])"));
}

TEST(Sparkline, NeedsTwoRuns) {
  fleet::RunHistory runs;
  EXPECT_TRUE(sparkline(runs).empty());
  runs.note(success(), at(kShownAt));
  EXPECT_TRUE(sparkline(runs).empty());
}

TEST(Sparkline, IsScaledToTheLongestAndMarksFailures) {
  EXPECT_EQ(json::value(sparkline(two_runs())), json::parse(R"({
    "spark_line": "0,4 300,30", "spark_failures": [{"spark_x": 300}],
    "spark_label": "The last 2 runs took from 20 ms to 40 ms, the newest 20 ms"})"));
}

TEST(Waterfall, BarsFollowEachOtherAndTheSlowOneIsNamed) {
  auto state = with_tls(up("ts01"), {milliseconds(900), milliseconds(300), milliseconds(800)});
  auto result = success();
  result.phases = {{Phase::connect, milliseconds(200)}, {Phase::tls, milliseconds(800)}};
  state.last_result = std::make_shared<const handshake::ProbeResult>(result);
  const auto others = fleet_of(numbered(2, 6, [](const auto& name) {
    return with_tls(up(name), {milliseconds(14), milliseconds(14), milliseconds(14)});
  }));
  const auto rows = waterfall(state, phase_spreads(others));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("bar_x"), 0);
  EXPECT_EQ(rows[0].at("bar_width"), 200);
  EXPECT_FALSE(rows[0].as_object().contains("phase_typical"));
  const auto& tls = rows[1].as_object();
  EXPECT_EQ(tls.at("bar_x"), 200);
  EXPECT_EQ(tls.at("bar_width"), 800);
  EXPECT_EQ(tls.at("bar_label"), "tls begins after 200 ms and takes 800 ms");
  EXPECT_EQ(tls.at("phase_newest"), "800 ms");
  EXPECT_EQ(tls.at("phase_shortest"), "300 ms");
  EXPECT_EQ(tls.at("phase_typical"), "14 ms");
  EXPECT_EQ(tls.at("phase_slow"), true);
}

TEST(Waterfall, OfAnUnknownTargetIsEmpty) {
  EXPECT_TRUE(waterfall(unknown("ts01"), {}).empty());
}

TEST(LifeBar, HasTodayTheLastThreeWeeksAndWindowsOwnRenewal) {
  const auto bar = life_bar(own_certificate(100), at(kShownAt));
  EXPECT_EQ(bar.at("life_used"), 546);  // 100 of 183 days
  EXPECT_EQ(bar.at("life_soon"), 885);  // 162 of 183 days
  EXPECT_EQ(bar.at("life_soon_width"), 115);
  EXPECT_EQ(bar.at("life_renewed_by"), 956);  // 175 of 183 days
  EXPECT_EQ(bar.at("life_overdue"), false);
  EXPECT_EQ(bar.at("life_label"), "Valid from 2025-08-16 to 2026-02-15, today: 83 days left");
  EXPECT_EQ(life_bar(own_certificate(176), at(kShownAt)).at("life_overdue"), true);
}

TEST(LifeBar, StaysWithinItselfBeforeAndAfterTheCertificatesLife) {
  EXPECT_EQ(life_bar(own_certificate(400), at(kShownAt)).at("life_used"), 1000);
  EXPECT_EQ(life_bar(own_certificate(-3), at(kShownAt)).at("life_used"), 0);
  handshake::CertificateFacts none;
  none.not_before = none.not_after = at(kShownAt);
  EXPECT_EQ(life_bar(none, at(kShownAt)).at("life_used"), 0);
}

TEST_F(TargetPageTest, SaysWhatIsKnownOfAFailure) {
  const auto text = html();
  EXPECT_THAT(text, HasSubstr("<h1><span class=\"state state-down\">down</span> ts10:3389"));
  EXPECT_THAT(
      text,
      HasSubstr("<strong>connection_reset</strong> in <strong>tls</strong>: reset 12 ms after ClientHello"));
  EXPECT_THAT(text, HasSubstr("<code>0x904/0x7</code>"));
  EXPECT_THAT(
      text,
      HasSubstr("5 of 5 others of the group fine; to compare with: <a href=\"../targets/ts01\">ts01</a>"));
  EXPECT_THAT(
      text,
      HasSubstr("<span class=\"hidden\">2025-11-24 15:59:00 UTC: connection_reset in tls, 20 ms</span>"));
  EXPECT_THAT(text, HasSubstr("aria-label=\"tls begins after 10 ms and takes 30 ms, where it fails\""));
  EXPECT_THAT(text, HasSubstr("<a href=\"../groups/a\">a</a>"));
  EXPECT_THAT(text, HasSubstr("href=\"../api/v1/targets/ts10~3a3389\">JSON</a>"));
  EXPECT_THAT(text, HasSubstr("<strong>self_signed</strong>: issued by itself"));
  EXPECT_THAT(text, HasSubstr("<dt>The host chose</dt><dd>TLS with NLA (hybrid)</dd>"));
  EXPECT_THAT(text, HasSubstr("<strong>connection_closed in negotiate</strong>: closed &lt;early&gt;"));
}

TEST_F(TargetPageTest, TheButtonsAreFormsThatNeedNoScript) {
  const auto text = html();
  EXPECT_THAT(text, HasSubstr("<form method=\"post\" action=\"../targets/ts10~3a3389/probe\" "
                              "data-run=\"../api/v1/targets/ts10~3a3389/probe\""));
  EXPECT_THAT(text, HasSubstr("<form method=\"post\" action=\"../targets/ts10~3a3389/diagnose\" "
                              "data-run=\"../api/v1/targets/ts10~3a3389/diagnose\""));
  EXPECT_THAT(text, HasSubstr("<script src=\"../assets/target.js?v="));
}

TEST_F(TargetPageTest, TheDiagnosisHasWhatSpeaksForAndAgainstAndTheStepsOfThePlatform) {
  const auto page = this->page();
  const auto& judged = page.model.at("judged").as_object();
  EXPECT_EQ(judged.at("judged_us"),
            "them: a host of the same group answers this machine; it points at the host");
  const auto& cause = judged.at("judged_causes").at(0).as_object();
  EXPECT_EQ(cause.at("cause_title"), "The host can't use its certificate's private key");
  EXPECT_EQ(cause.at("cause_link"), "causes/private_key_unreadable");
  EXPECT_EQ(cause.at("cause_likelihood"), "likely");
  EXPECT_EQ(cause.at("cause_for"), json::parse(R"(["it was <reset>"])"));
  EXPECT_EQ(cause.at("cause_against"), json::parse(R"(["it answered once"])"));
  EXPECT_FALSE(cause.at("cause_checks").at(0).at("step_command").as_string().empty());
  EXPECT_EQ(cause.at("cause_fixes").as_array().size(),
            diagnosis::fixes_for(*diagnosis::find_cause("private_key_unreadable"), diagnosis::Platform::azure)
                .size());
  EXPECT_THAT(html(), HasSubstr("<li>it was &lt;reset&gt;</li>"));
}

TEST_F(TargetPageTest, WhatWasNeverSeenHasNoSection) {
  state_ = unknown("ts11:3389");
  const auto text = html();
  EXPECT_THAT(text, HasSubstr("It was not probed yet."));
  EXPECT_THAT(text, HasSubstr("never seen up"));
  for (const auto* const id :
       {"certificate", "identity", "security", "audit", "diagnosis", "phases", "findings"})
    EXPECT_THAT(text, Not(HasSubstr("<h2 id=\"" + std::string(id) + "\""))) << id;
}

TEST_F(TargetPageTest, WhatHappenedToItIsTheNewestFirstAndAtMostTwenty) {
  EXPECT_THAT(html(), Not(HasSubstr("What happened")));
  events::Event event;
  event.when = at(kShownAt - 600);
  event.type = events::EventType::target_down;
  event.target = "ts10:3389";
  for (int i = 0; i < 21; ++i) {
    event.text = "it went down, " + std::to_string(i);
    journal_.add(event);
  }
  event.target = "ts11:3389";
  event.text = "another went down";
  journal_.add(event);
  const auto shown = html();
  EXPECT_THAT(shown, HasSubstr("<h2 id=\"events\">What happened</h2>"));
  EXPECT_LT(shown.find("it went down, 20"), shown.find("it went down, 1<"));
  EXPECT_THAT(shown, Not(HasSubstr("it went down, 0<")));
  EXPECT_THAT(shown, Not(HasSubstr("another went down")));
  EXPECT_THAT(shown, HasSubstr("<a href=\"../events?target=ts10%3A3389\">All events of ts10:3389</a>"));
}

TEST_F(TargetPageTest, NamesOfHostsCannotBecomeMarkup) {
  state_.key.target = "<script>\"'&\xFF:3389";
  state_.last_address = "\"><img src=x>";
  auto facts = own_certificate(1);
  facts.subject = "CN=<script>alert(1)</script>";
  facts.sans = {"DNS:\"onmouseover=\"x"};
  state_.certificate = std::make_shared<const handshake::CertificateFacts>(facts);
  handshake::HostFacts host;
  host.dns_computer = "<b>ts10</b>";
  state_.host = std::make_shared<const handshake::HostFacts>(host);
  const auto text = html();
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;&quot;&#39;&amp;\xEF\xBF\xBD:3389"));
  EXPECT_THAT(text, HasSubstr("CN=&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(text, HasSubstr("DNS:&quot;onmouseover=&quot;x"));
  EXPECT_THAT(text, HasSubstr("action=\"../targets/~3cscript~3e~22~27~26~ff~3a3389/probe\""));
  for (const auto* const markup : {"<script>\"", "<script>alert", "<img", "<b>ts10"})
    EXPECT_THAT(text, Not(HasSubstr(markup))) << markup;
}

TEST_F(TargetPageTest, AnAuditIsShownWithItsAnswers) {
  auto found = audit(true, 7);
  found.started = at(kShownAt - 3600);
  found.protocols = {{1, handshake::Acceptance::no, "RDP_NEG_FAILURE 5"},
                     {2, handshake::Acceptance::yes, ""}};
  state_.audit = std::make_shared<const handshake::AuditResult>(found);
  const auto text = html();
  EXPECT_THAT(text, HasSubstr("<dt>Audited</dt><dd>2025-11-24 15:00:00 UTC, 1 h 0 min ago</dd>"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "<tr><th scope=\"row\">TLS without NLA (ssl)</th><td>refused</td><td>RDP_NEG_FAILURE 5</td></tr>"));
  EXPECT_THAT(text,
              HasSubstr("<tr><th scope=\"row\">TLS with NLA (hybrid)</th><td>accepted</td><td></td></tr>"));
}

}  // namespace
}  // namespace rdpwatch::pages
