#include "daemon/api/api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <optional>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::api {
namespace {

using namespace fleet::test;
namespace json = boost::json;
using handshake::FailureReason;
using handshake::Phase;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t kStart = 1764000000;  // 2025-11-24T16:00:00Z

/// The whole answer, as a client puts it together.
std::string body_of(http::Response& response) {
  if (!response.stream) return response.body;
  std::string out;
  for (auto piece = response.stream->next(); !piece.empty(); piece = response.stream->next())
    out.append(piece);
  return out;
}

handshake::CertificateFacts certificate() {
  handshake::CertificateFacts facts;
  facts.subject = "CN=ts10";
  facts.issuer = "CN=ts10";
  facts.serial = "6a0f";
  facts.sha256 = "9f";
  facts.not_before = at(kStart - 86400);
  facts.not_after = at(kStart + 10 * 86400);
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.signature_algorithm = "sha256WithRSAEncryption";
  facts.self_signed = true;
  facts.problems = {handshake::CertificateProblem::self_signed};
  return facts;
}

class ApiTest : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& group = "rdsh", config::Labels labels = {}) {
    inventory::Target target;
    target.name = name;
    target.group = group;
    target.labels = std::move(labels);
    target.interval = std::chrono::seconds(60);
    store_.put_endpoint({name, ""}, std::make_shared<const inventory::Target>(target), at(kStart));
  }

  void record(const std::string& name, handshake::ProbeResult result, std::int64_t seconds) {
    result.target = name;
    auto made = run({std::move(result)}, kStart + seconds);
    if (made.attempts.front().failure) {
      diagnosis::Diagnosis diagnosis;
      diagnosis.judged = made.finished;
      diagnosis.failure = *made.attempts.front().failure;
      diagnosis.causes.push_back(
          {"private_key_unreadable", diagnosis::Likelihood::likely, {"it was reset"}, {}});
      made.diagnosis = std::make_shared<const diagnosis::Diagnosis>(std::move(diagnosis));
    }
    store_.record({name, ""}, std::move(made));
  }

  void add_failing(const std::string& name) {
    add(name, "rdsh", {{"site", "fra1"}});
    auto good = success();
    good.certificate = certificate();
    good.duration = std::chrono::milliseconds(41);
    good.phases = {{Phase::tls, std::chrono::milliseconds(12)}};
    record(name, good, 60);
    auto bad = failure(Phase::tls, FailureReason::connection_reset);
    bad.failure->detail = "reset 12 ms after ClientHello";
    bad.address = "10.0.0.9:3389";
    bad.module = "tls";
    bad.started = at(kStart + 119);
    bad.duration = std::chrono::milliseconds(20);
    record(name, bad, 120);
  }

  http::Response ask(const std::string& path, const std::string& query = "", const std::string& accept = "") {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    request.accept = accept;
    return api_.answer(request);
  }

  std::string text(const std::string& path, const std::string& query = "") {
    auto response = ask(path, query);
    EXPECT_EQ(response.status, 200u) << path << "?" << query;
    return body_of(response);
  }

  json::object object(const std::string& path, const std::string& query = "") {
    return json::parse(text(path, query)).as_object();
  }

  fleet::ResultStore store_;
  metrics::SelfMetrics self_{{"1.2.3", "abc", "GCC", "OpenSSL"}};
  Api api_{{store_, self_, "1.2.3", at(kStart - 3600), [] { return at(kStart + 300); }}};
};

TEST_F(ApiTest, ATargetThatWasNotProbedYetHasOnlyWhatIsKnown) {
  add("ts01:3389");
  EXPECT_EQ(text("/api/v1/targets"),
            R"({"schema":"rdpwatch.targets/1","total":1,"page":1,"per_page":100,"targets":[)"
            R"({"id":"ts01~3a3389","target":"ts01:3389","group":"rdsh","module":"tls","labels":{},)"
            R"("state":"unknown","since":"2025-11-24T16:00:00Z","consecutive_failures":0,)"
            R"("interval_seconds":60,"findings":[],"outliers":[]}]})"
            "\n");
}

TEST_F(ApiTest, AFailedTargetSaysWhy) {
  add_failing("ts10:3389");
  EXPECT_EQ(
      text("/api/v1/targets"),
      R"({"schema":"rdpwatch.targets/1","total":1,"page":1,"per_page":100,"targets":[)"
      R"({"id":"ts10~3a3389","target":"ts10:3389","address":"10.0.0.9:3389","group":"rdsh","module":"tls",)"
      R"("labels":{"site":"fra1"},"state":"down","since":"2025-11-24T16:02:00Z",)"
      R"("last_run":"2025-11-24T16:02:00Z","last_success":"2025-11-24T16:01:00Z","consecutive_failures":1,)"
      R"("interval_seconds":60,"duration_seconds":0.02,"failure":{"phase":"tls","reason":"connection_reset",)"
      R"("category":"network","detail":"reset 12 ms after ClientHello"},)"
      R"("client_error":{"code":"0x904","extended_code":"0x7"},)"
      R"("causes":[{"id":"private_key_unreadable","title":"The host can't use its certificate's private key",)"
      R"("likelihood":"likely"}],"certificate":{"not_after":"2025-12-04T16:00:00Z","days_to_expiry":10,)"
      R"("self_signed":true,"problems":["self_signed"]},"findings":[],"outliers":[]}]})"
      "\n");
}

TEST_F(ApiTest, TheSameRowsAsCsv) {
  add_failing("ts10:3389");
  add("=cmd|calc:3389");
  auto response = ask("/api/v1/targets", "sort=-target", "text/csv");
  EXPECT_EQ(response.content_type, "text/csv; charset=utf-8; header=present");
  EXPECT_THAT(response.headers, Contains(testing::Pair("Cache-Control", "no-store")));
  const auto csv = body_of(response);
  EXPECT_THAT(csv, StartsWith("id,target,expanded_address,address,group,module,labels,state,since,"));
  EXPECT_THAT(csv, HasSubstr("\r\nts10~3a3389,ts10:3389,,10.0.0.9:3389,rdsh,tls,site=fra1,down,"
                             "2025-11-24T16:02:00Z,2025-11-24T16:02:00Z,2025-11-24T16:01:00Z,1,60,0.02,tls,"
                             "connection_reset,network,reset 12 ms after ClientHello,0x904/0x7,"
                             "private_key_unreadable,2025-12-04T16:00:00Z,10,yes,self_signed,,,,,,\r\n"));
  EXPECT_THAT(csv, HasSubstr("\r\n~3dcmd~7ccalc~3a3389,'=cmd|calc:3389,,,rdsh,tls,,unknown,"
                             "2025-11-24T16:00:00Z,,,0,60,,,,,,,,,,,,,,,,,\r\n"));
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);)
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 29) << line;
}

TEST_F(ApiTest, OneTargetIsTheWholeOfIt) {
  add_failing("ts10:3389");
  add("ts01:3389");
  record("ts01:3389", success(), 200);
  store_.set_judgement(std::make_shared<const fleet::FleetJudgement>(store_.snapshot(), at(kStart + 290)));
  const auto target = object("/api/v1/targets/ts10~3a3389");
  EXPECT_EQ(target.at("schema"), "rdpwatch.target/1");
  EXPECT_EQ(target.at("id"), "ts10~3a3389");
  EXPECT_EQ(target.at("result").at("schema"), "rdpwatch.probe/1");
  EXPECT_EQ(target.at("result").at("failure").at("reason"), "connection_reset");
  EXPECT_EQ(target.at("judged"), "2025-11-24T16:04:50Z");
  EXPECT_EQ(target.at("siblings"),
            json::parse(R"({"others":1,"fine":1,"failing":0,"healthy":["ts01:3389"]})"));
  EXPECT_EQ(target.at("failing_since"), "2025-11-24T16:02:00Z");
  EXPECT_EQ(target.at("certificate").at("sha256"), "9f");
  EXPECT_EQ(target.at("certificate").at("last_seen"), "2025-11-24T16:01:00Z");
  EXPECT_EQ(target.at("durations"), json::parse(R"([{"phase":"tls","newest_seconds":0.012}])"));
  EXPECT_EQ(target.at("recent_runs"),
            json::parse(R"([{"finished":"2025-11-24T16:02:00Z","success":false,"phase":"tls",)"
                        R"("reason":"connection_reset","duration_seconds":0.02},)"
                        R"({"finished":"2025-11-24T16:01:00Z","success":true,"duration_seconds":0.041}])"));
  EXPECT_EQ(
      target.at("counters"),
      json::parse(R"({"runs":2,"failed_runs":1,"attempts":2,"failed_attempts":1,"certificate_changes":0})"));
  const auto& diagnosis = target.at("diagnosis").as_object();
  EXPECT_EQ(diagnosis.at("judged"), "2025-11-24T16:02:00Z");
  EXPECT_THAT(std::string(diagnosis.at("us_or_them").as_string()),
              StartsWith("them: a host of the same group"));
  const auto& cause = diagnosis.at("causes").at(0);
  EXPECT_EQ(cause.at("evidence"), json::parse(R"(["it was reset"])"));
  EXPECT_EQ(cause.at("runbook"), "deploy/runbooks/private_key_unreadable.md");
  EXPECT_FALSE(target.contains("audit"));
  EXPECT_FALSE(target.contains("path_failure"));
}

TEST_F(ApiTest, BeforeTheFirstJudgementNothingIsSaidOfTheFleet) {
  add_failing("ts10:3389");
  EXPECT_FALSE(object("/api/v1/targets/ts10~3a3389").contains("siblings"));
  const auto status = object("/api/v1/status");
  for (const auto* const key : {"judged", "prober_blind", "prober_clock_wrong", "path_failures"})
    EXPECT_FALSE(status.contains(key)) << key;
}

TEST_F(ApiTest, Status) {
  self_.set_targets({{"static", 2}, {"file_sd", 0}});
  self_.set_held_changes(1);
  self_.config_loaded(true, at(kStart - 3600));
  self_.attempt_started();
  add_failing("ts10:3389");
  add("ts01:3389");
  store_.set_judgement(std::make_shared<const fleet::FleetJudgement>(store_.snapshot(), at(kStart + 290)));
  EXPECT_EQ(
      text("/api/v1/status"),
      R"({"schema":"rdpwatch.status/1","version":"1.2.3","now":"2025-11-24T16:05:00Z",)"
      R"("started":"2025-11-24T15:00:00Z","uptime_seconds":3900,"configuration":{)"
      R"("last_reload_successful":true,"last_reload_success":"2025-11-24T15:00:00Z"},)"
      R"("targets":{"total":2,"by_state":{"up":0,"down":1,"flapping":0,"unknown":1,"maintenance":0},)"
      R"("by_source":{"file_sd":0,"static":2},"not_probed_yet":1,"clean_up":0},"judged":"2025-11-24T16:04:50Z",)"
      R"("prober_blind":false,"prober_clock_wrong":false,"path_failures":[],)"
      R"("oldest_result":{"id":"ts10~3a3389","target":"ts10:3389","last_run":"2025-11-24T16:02:00Z"},)"
      R"("in_flight":1,"held_changes":1})"
      "\n");
  self_.config_loaded(false, at(kStart));
  EXPECT_EQ(object("/api/v1/status").at("configuration"),
            json::parse(R"({"last_reload_successful":false,"last_reload_success":"2025-11-24T15:00:00Z"})"));
}

TEST_F(ApiTest, Groups) {
  add_failing("ts10:3389");
  add_failing("ts11:3389");
  add("web:3389", "a");
  EXPECT_EQ(text("/api/v1/groups"),
            R"({"schema":"rdpwatch.groups/1","groups":[{"group":"a","total":1,"by_state":{"up":0,"down":0,)"
            R"("flapping":0,"unknown":1,"maintenance":0},"failures":[]},{"group":"rdsh","total":2,)"
            R"("by_state":{"up":0,"down":2,"flapping":0,"unknown":0,"maintenance":0},)"
            R"("failures":[{"phase":"tls","reason":"connection_reset","targets":2}]}]})"
            "\n");
}

TEST_F(ApiTest, AGroupThatWentDownAsOneSaysSo) {
  for (const auto* const name : {"ts10:3389", "ts11:3389", "ts12:3389"}) add_failing(name);
  add("web:3389", "a");
  store_.set_judgement(std::make_shared<const fleet::FleetJudgement>(store_.snapshot(), at(kStart + 290)));
  const auto path = json::parse(
      R"({"scope":"site","name":"fra1","since":"2025-11-24T16:02:00Z","members":3,"still_up":0})");
  EXPECT_EQ(object("/api/v1/groups").at("path_failures"), json::array{path});
  EXPECT_EQ(object("/api/v1/status").at("path_failures"), json::array{path});
  EXPECT_EQ(object("/api/v1/targets/ts11~3a3389").at("path_failure"), path);
}

TEST_F(ApiTest, WhatIsWrongIsSaidWithWhatIsAllowed) {
  const auto wrong = [this](const std::string& path, const std::string& query = "") {
    const auto response = ask(path, query);
    EXPECT_EQ(response.content_type, "application/json");
    return std::to_string(response.status) + " " + response.body;
  };
  EXPECT_EQ(wrong("/api/v1/target"),
            "404 {\"error\":\"there is nothing at '/api/v1/target'\",\"allowed\":[\"/api/v1/targets\","
            "\"/api/v1/targets/{id}\",\"/api/v1/groups\",\"/api/v1/status\",\"/api/v1/explain?q=\","
            "\"/api/v1/maintenance\",\"/api/v1/clean-up\",\"/api/v1/events\"]}\n");
  EXPECT_THAT(wrong("/api/v1/targets/"), StartsWith("404 "));
  EXPECT_EQ(wrong("/api/v1/targets/ts99~3a3389"),
            "404 {\"error\":\"there is no target with the id 'ts99~3a3389'\",\"allowed\":[\"the ids that "
            "/api/v1/targets has\"]}\n");
  EXPECT_EQ(wrong("/api/v1/groups", "group=a"),
            "400 {\"error\":\"there is no parameter 'group'; none is allowed\"}\n");
  EXPECT_THAT(wrong("/api/v1/status", "x"), StartsWith("400 "));
  EXPECT_THAT(wrong("/api/v1/targets/ts99~3a3389", "x"), StartsWith("400 "));
  EXPECT_EQ(wrong("/api/v1/targets", "page=0"),
            "400 {\"error\":\"page: must be a whole number, not '0'\",\"allowed\":[\"1 to 1000000\"]}\n");
  EXPECT_EQ(
      wrong("/api/v1/targets", "q=%"),
      "400 {\"error\":\"the query is not well-formed: a character that needs it is not percent-encoded, "
      "or its encoding is broken\"}\n");
  http::Request post;
  post.method = "POST";
  post.path = "/api/v1/targets";
  const auto refused = api_.answer(post);
  EXPECT_EQ(refused.status, 405u);
  EXPECT_EQ(refused.body, "{\"error\":\"this method is not allowed here\",\"allowed\":[\"GET\",\"HEAD\"]}\n");
  EXPECT_THAT(refused.headers, Contains(testing::Pair("Allow", "GET, HEAD")));
}

TEST_F(ApiTest, WhatHostilePartsSayComesOutAsTextOfJson) {
  const std::string evil = "</script>\"'\\\n\r\x1b[31m\xff\xc0\xaf\xe2\x80\xae|=1";
  add("ts\"<b>\xff:3389", "gr\"oup\n\xfe", {{"note", evil}});
  auto bad = failure(Phase::tls, FailureReason::tls_alert);
  bad.failure->detail = evil;
  bad.findings = {evil};
  bad.certificate = certificate();
  bad.certificate->subject = evil;
  bad.host.emplace().dns_computer = evil;
  record("ts\"<b>\xff:3389", bad, 60);
  const auto list = object("/api/v1/targets");
  const auto& row = list.at("targets").at(0);
  const auto* const clean = "</script>\"'\\\n\r\x1b[31m\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xE2\x80\xAE|=1";
  EXPECT_EQ(row.at("target"), "ts\"<b>\xEF\xBF\xBD:3389");
  EXPECT_EQ(row.at("labels").at("note"), clean);
  EXPECT_EQ(row.at("failure").at("detail"), clean);
  EXPECT_EQ(row.at("host").at("dns_computer"), clean);
  EXPECT_EQ(row.at("findings").at(0), clean);
  EXPECT_EQ(row.at("id"), "ts~22~3cb~3e~ff~3a3389");
  EXPECT_EQ(object("/api/v1/targets/ts~22~3cb~3e~ff~3a3389").at("certificate").at("subject"), clean);
  EXPECT_EQ(object("/api/v1/groups").at("groups").at(0).at("group"), "gr\"oup\n\xEF\xBF\xBD");
  for (const auto* const path : {"/api/v1/targets", "/api/v1/targets/ts~22~3cb~3e~ff~3a3389"}) {
    const auto raw = text(path);
    EXPECT_THAT(raw, Not(HasSubstr("\x1b")));
    EXPECT_THAT(raw, Not(HasSubstr("\xff")));
    EXPECT_EQ(std::count(raw.begin(), raw.end(), '\n'), 1) << "one line";
  }
  const auto csv = text("/api/v1/targets", "format=csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2);
  EXPECT_THAT(csv, Not(HasSubstr("\xff")));
}

TEST_F(ApiTest, ManyRowsComeInPiecesOfBoundedSize) {
  for (int i = 0; i < 300; ++i) add_failing("ts" + std::to_string(1000 + i) + ":3389");
  auto response = ask("/api/v1/targets", "per_page=250&sort=target");
  ASSERT_TRUE(response.stream);
  std::string all;
  std::size_t pieces = 0;
  for (auto piece = response.stream->next(); !piece.empty(); piece = response.stream->next(), ++pieces) {
    EXPECT_LT(piece.size(), 32768u);
    all.append(piece);
  }
  EXPECT_EQ(pieces, 16u);
  const auto parsed = json::parse(all).as_object();
  EXPECT_EQ(parsed.at("total"), 300);
  ASSERT_EQ(parsed.at("targets").as_array().size(), 250u);
  EXPECT_EQ(parsed.at("targets").at(249).at("target"), "ts1249:3389");
}

}  // namespace
}  // namespace rdpwatch::api
