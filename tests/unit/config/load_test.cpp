#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

Settings good(const std::string& text) {
  LoadResult result = load_text(text, "/etc/rdpwatch/rdpwatch.yml");
  EXPECT_THAT(messages(result), IsEmpty());
  return std::holds_alternative<Settings>(result) ? std::get<Settings>(result) : Settings{};
}

TEST(Load, defaults_are_the_documented_ones) {
  const Settings settings = good("inventory:\n  - {group: a, targets: [ts01]}\n");
  EXPECT_EQ(settings.file, "/etc/rdpwatch/rdpwatch.yml");
  EXPECT_EQ(settings.global.probe_interval, 60s);
  EXPECT_EQ(settings.global.probe_timeout, 10s);
  EXPECT_EQ(settings.global.confirm.attempts, 2);
  EXPECT_EQ(settings.global.confirm.delay, 2s);
  EXPECT_EQ(settings.global.max_in_flight, 1000);
  EXPECT_EQ(settings.global.max_in_flight_per_subnet, 64);
  EXPECT_EQ(settings.global.max_connections_per_minute, 10);
  EXPECT_EQ(settings.global.max_backoff, 15min);
  EXPECT_EQ(settings.global.workers, 1);
  EXPECT_EQ(settings.global.source_address, "");
  EXPECT_THAT(settings.global.labels, IsEmpty());
  EXPECT_THAT(settings.global.resolver.nameservers, IsEmpty());
  EXPECT_TRUE(settings.metrics.targets_on_root);
  EXPECT_EQ(settings.metrics.max_series, 3000000u);
  EXPECT_EQ(settings.events.retention, 30 * 24h);
  EXPECT_EQ(settings.events.max, 50000);
  EXPECT_THAT(settings.web.probe_allow, IsEmpty());
  EXPECT_EQ(settings.storage.path, ":memory:");
  EXPECT_EQ(settings.storage.flush_interval, 5s);

  ASSERT_EQ(settings.inventory.size(), 1u);
  const GroupSettings& group = settings.inventory[0];
  EXPECT_EQ(group.group, "a");
  EXPECT_EQ(group.module, "tls");
  EXPECT_EQ(group.interval, 0s);
  EXPECT_EQ(group.timeout, 0s);
  EXPECT_FALSE(group.expand_addresses);
  EXPECT_THAT(group.labels, IsEmpty());
  EXPECT_THAT(group.file_sd, IsEmpty());
  EXPECT_EQ(group.where.line, 2);
  EXPECT_EQ(group.where.column, 13);
  ASSERT_EQ(group.targets.size(), 1u);
  EXPECT_EQ(group.targets[0].host, "ts01");
  EXPECT_FALSE(group.targets[0].host_is_literal);
  EXPECT_EQ(group.targets[0].port, 3389);
  EXPECT_EQ(group.targets[0].where.line, 2);
  EXPECT_EQ(group.targets[0].where.column, 26);
}

TEST(Load, built_in_modules_are_the_depths) {
  const Settings settings = good("inventory: []\n");
  ASSERT_THAT(settings.modules,
              ElementsAre(Pair("licensing", testing::_), Pair("negotiate", testing::_),
                          Pair("nla", testing::_), Pair("tcp", testing::_), Pair("tls", testing::_)));
  for (const auto& [name, module] : settings.modules) {
    EXPECT_EQ(module.name, name);
    EXPECT_EQ(module.depth, name);
    EXPECT_EQ(module.require_tls, name != "tcp" && name != "negotiate") << name;
    EXPECT_FALSE(module.require_nla);
    EXPECT_THAT(module.fail_on, IsEmpty());
    EXPECT_EQ(module.ca_file, "");
    EXPECT_EQ(module.server_name, "");
    EXPECT_EQ(module.cookie, "rdpwatch");
    EXPECT_EQ(module.tls_min_version, "TLS10");
    EXPECT_EQ(module.source_address, "");
    EXPECT_EQ(module.audit_interval, 0s);
    EXPECT_EQ(module.diagnosis_experiments, 6);
    EXPECT_FALSE(module.diagnosis_patient);
  }
}

TEST(Load, a_module_says_what_a_diagnosis_may_cost) {
  const Settings settings = good(
      "modules:\n  a: {diagnosis: {experiments: 0}}\n  b: {diagnosis: {experiments: 3, patient: true}}\n");
  EXPECT_EQ(settings.modules.at("a").diagnosis_experiments, 0);
  EXPECT_EQ(settings.modules.at("b").diagnosis_experiments, 3);
  EXPECT_TRUE(settings.modules.at("b").diagnosis_patient);
}

TEST(Load, module_defaults_follow_the_depth) {
  const Settings settings = good(
      "modules:\n  a: {}\n  b: {depth: negotiate}\n  c: {depth: tcp}\n  d: {require_tls: false}\n"
      "  e: {depth: nla}\n  f: {depth: licensing}\n");
  EXPECT_EQ(settings.modules.at("a").depth, "tls");
  EXPECT_TRUE(settings.modules.at("a").require_tls);
  EXPECT_FALSE(settings.modules.at("b").require_tls);
  EXPECT_FALSE(settings.modules.at("c").require_tls);
  EXPECT_FALSE(settings.modules.at("d").require_tls);
  EXPECT_TRUE(settings.modules.at("e").require_tls);
  EXPECT_TRUE(settings.modules.at("f").require_tls);
}

TEST(Load, example_file_reads_as_it_says) {
  const std::string folder = std::string(RDPWATCH_SOURCE_DIR) + "/config/";
  const LoadResult result = load_file(folder + "example.yml");
  ASSERT_THAT(messages(result), IsEmpty());
  const Settings& settings = std::get<Settings>(result);
  EXPECT_THAT(settings.global.labels, ElementsAre(Pair("vantage", "fra1")));
  const ModuleSettings& module = settings.modules.at("tls_strict");
  EXPECT_EQ(module.depth, "tls");
  EXPECT_TRUE(module.require_tls);
  EXPECT_TRUE(module.require_nla);
  EXPECT_THAT(module.fail_on, ElementsAre("expired", "name_mismatch", "untrusted"));
  EXPECT_EQ(module.ca_file, folder + "example-ca.pem");
  EXPECT_EQ(module.tls_min_version, "TLS12");
  EXPECT_EQ(module.audit_interval, 24h);
  ASSERT_EQ(settings.inventory.size(), 2u);
  const GroupSettings& first = settings.inventory[0];
  EXPECT_EQ(first.interval, 30s);
  EXPECT_EQ(first.timeout, 8s);
  std::vector<std::string> names;
  for (const TargetSettings& target : first.targets) names.push_back(target_name(target));
  EXPECT_THAT(names, ElementsAre("ts01.corp.example.com:3389", "ts02.corp.example.com:3390",
                                 "192.0.2.12:3389", "[2001:db8::12]:3389", "ts03.corp.example.com:3389"));
  EXPECT_THAT(first.targets[4].labels, ElementsAre(Pair("team", ""), Pair("tier", "gold")));
  ASSERT_EQ(settings.inventory[1].file_sd.size(), 1u);
  EXPECT_THAT(settings.inventory[1].file_sd[0].files,
              ElementsAre(folder + "inventory/*.yml", folder + "inventory/*.json"));
  EXPECT_EQ(settings.inventory[1].file_sd[0].refresh_interval, 5min);
}

TEST(Load, minimal_file_has_one_target) {
  const LoadResult result = load_file(std::string(RDPWATCH_SOURCE_DIR) + "/config/minimal.yml");
  ASSERT_THAT(messages(result), IsEmpty());
  ASSERT_EQ(std::get<Settings>(result).inventory.size(), 1u);
  EXPECT_EQ(std::get<Settings>(result).inventory[0].targets.size(), 1u);
}

TEST(Load, documented_configuration_is_accepted) {
  const std::string ca_file = std::string(RDPWATCH_SOURCE_DIR) + "/config/example-ca.pem";
  const std::string text = R"(global:
  probe_interval: 60s
  probe_timeout: 10s
  confirm: {attempts: 2, delay: 2s}
  max_in_flight: 1000
  max_in_flight_per_subnet: 64
  max_connections_per_minute: 10
  source_address: ""
  labels: {vantage: fra1}
modules:
  nla_strict: {depth: nla, require_nla: true, fail_on: [expired, name_mismatch], ca_file: )" +
                           ca_file + R"(, tls: {min_version: TLS12}}
inventory:
  - group: rdsh-emea
    module: nla
    interval: 30s
    labels: {site: fra1, team: euc, platform: azure}
    expand_addresses: false
    targets: [ts01.corp.example.com, "ts02.corp.example.com:3390", 10.0.0.12]
    file_sd: [{files: ["inventory/*.yml"]}]
metrics: {targets_on_root: true, max_series: 3000000}
web: {probe: {allow: []}}
)";
  const Settings settings = good(text);
  EXPECT_EQ(settings.modules.at("nla_strict").depth, "nla");
  EXPECT_EQ(settings.inventory[0].module, "nla");
}

TEST(Load, all_bounds_are_allowed_themselves) {
  const Settings low = good(R"(global:
  {probe_interval: 10s, probe_timeout: 1s, confirm: {attempts: 1, delay: 1s}, max_in_flight: 1,
   max_in_flight_per_subnet: 1, max_connections_per_minute: 1, max_backoff: 0, workers: 1}
metrics: {max_series: 1000}
events: {retention: 1h, max: 100}
storage: {path: state.db, flush_interval: 100ms}
modules: {a: {audit: {interval: 1h}}, b: {audit: {interval: 0s}}, c: {depth: negotiate, audit: {interval: 2h}}}
)");
  EXPECT_EQ(low.modules.at("a").audit_interval, 1h);
  EXPECT_EQ(low.events.retention, 1h);
  EXPECT_EQ(low.events.max, 100);
  EXPECT_EQ(low.modules.at("b").audit_interval, 0s);
  EXPECT_EQ(low.modules.at("c").audit_interval, 2h);
  EXPECT_EQ(low.global.max_backoff, 0s);
  EXPECT_EQ(low.storage.path, "/etc/rdpwatch/state.db") << "relative to the configuration";
  EXPECT_EQ(low.storage.flush_interval, 100ms);
  EXPECT_EQ(low.global.confirm.attempts, 1);
  const Settings high = good(R"(global:
  {probe_interval: 24h, probe_timeout: 50s, confirm: {attempts: 5, delay: 60s}, max_in_flight: 100000,
   max_in_flight_per_subnet: 100000, max_connections_per_minute: 60, max_backoff: 1h, workers: 64}
metrics: {max_series: 1000000000}
events: {retention: 3650d, max: 1000000}
storage: {path: ":memory:", flush_interval: 5m}
modules: {a: {depth: licensing, require_nla: false, audit: {interval: 30d}}}
)");
  EXPECT_EQ(high.modules.at("a").audit_interval, 30 * 24h);
  EXPECT_EQ(high.global.probe_interval, 24h);
  EXPECT_EQ(high.metrics.max_series, 1000000000u);
  EXPECT_EQ(high.events.retention, 3650 * 24h);
  EXPECT_EQ(high.events.max, 1000000);
  EXPECT_EQ(high.storage.path, ":memory:");
  EXPECT_EQ(high.storage.flush_interval, 5min);
  const Settings equal = good("global: {probe_interval: 10s, probe_timeout: 10s}\n");
  EXPECT_EQ(equal.global.probe_interval, equal.global.probe_timeout);
}

TEST(Load, values_are_taken_over) {
  const Settings settings = good(R"(global:
  source_address: "2001:DB8::0:1"
  labels: {rack: 12, spare: true, empty: "", version_text: 1.10}
  resolver: {nameservers: [10.0.0.53, "10.0.0.53:5353", "2001:db8::53", "[2001:db8::53]:5353"]}
modules:
  quiet: {depth: negotiate, cookie: "", source_address: 10.0.0.1}
  named: {server_name: TS01.Example.com, fail_on: [weak_key, name_mismatch], tls: {min_version: TLS13}}
web: {probe: {allow: ["*.example.com"]}}
metrics: {targets_on_root: false}
)");
  EXPECT_EQ(settings.global.source_address, "2001:db8::1");
  EXPECT_THAT(settings.global.labels, ElementsAre(Pair("empty", ""), Pair("rack", "12"),
                                                  Pair("spare", "true"), Pair("version_text", "1.10")));
  EXPECT_THAT(settings.global.resolver.nameservers,
              ElementsAre("10.0.0.53", "10.0.0.53:5353", "2001:db8::53", "[2001:db8::53]:5353"));
  EXPECT_EQ(settings.modules.at("quiet").cookie, "");
  EXPECT_EQ(settings.modules.at("quiet").source_address, "10.0.0.1");
  EXPECT_EQ(settings.modules.at("named").server_name, "ts01.example.com");
  EXPECT_THAT(settings.modules.at("named").fail_on, ElementsAre("weak_key", "name_mismatch"));
  EXPECT_EQ(settings.modules.at("named").tls_min_version, "TLS13");
  EXPECT_THAT(settings.web.probe_allow, ElementsAre("*.example.com"));
  EXPECT_FALSE(settings.metrics.targets_on_root);
}

TEST(Load, windows_line_ends_a_byte_order_mark_and_a_document_start_are_no_error) {
  const Settings settings = good("\xEF\xBB\xBF---\r\ninventory:\r\n  - group: a\r\n    targets: [ts01]\r\n");
  ASSERT_EQ(settings.inventory.size(), 1u);
  EXPECT_EQ(settings.inventory[0].targets[0].host, "ts01");
}

TEST(Load, relative_paths_start_at_the_folder_of_the_file) {
  const test::TempDir dir;
  std::filesystem::copy_file(std::string(RDPWATCH_SOURCE_DIR) + "/config/example-ca.pem", dir.path("ca.pem"));
  const std::string file =
      dir.write("rdpwatch.yml",
                "modules: {a: {ca_file: ./ca.pem}}\n"
                "inventory: [{group: a, file_sd: [{files: [sub/../x*.yml, /srv/y.json]}]}]\n");
  const LoadResult result = load_file(file);
  ASSERT_THAT(messages(result), IsEmpty());
  const Settings& settings = std::get<Settings>(result);
  EXPECT_EQ(settings.file, file);
  EXPECT_EQ(settings.modules.at("a").ca_file, dir.path("ca.pem"));
  EXPECT_THAT(settings.inventory[0].file_sd[0].files, ElementsAre(dir.path("x*.yml"), "/srv/y.json"));
}

TEST(Load, file_that_cannot_be_read_is_one_error_at_line_0) {
  const test::TempDir dir;
  const std::string missing = dir.path("missing.yml");
  EXPECT_THAT(messages(load_file(missing)),
              ElementsAre(missing + ":0:0: cannot be read: No such file or directory"));
  EXPECT_THAT(messages(load_file(dir.path(""))),
              ElementsAre(dir.path("") + ":0:0: cannot be read: Is a directory"));
  const std::string fifo = dir.path("fifo.yml");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(messages(load_file(fifo)),
              ElementsAre(fifo + ":0:0: cannot be read: it is not a regular file"));
}

TEST(Load, file_of_more_than_64_mib_is_refused) {
  const test::TempDir dir;
  const std::string file = dir.write("large.yml", "");
  std::filesystem::resize_file(file, (64u << 20) + 1);
  EXPECT_THAT(messages(load_file(file)),
              ElementsAre(file + ":0:0: is larger than 64 MiB, allowed: at most 64 MiB"));
}

TEST(Load, more_than_five_million_values_are_refused_before_the_parser_takes_memory_for_them) {
  std::string text = "inventory: [";
  for (int i = 0; i < 2'500'000; ++i) text += "[,";
  EXPECT_THAT(
      messages(load_text(text, "f.yml")),
      ElementsAre("f.yml:1:5000010: too many values, allowed: at most 5000000 lines and values in one file"));
}

TEST(Load, after_a_thousand_errors_only_their_number_is_given) {
  std::string text = "global:\n  labels:\n";
  for (int i = 0; i < 1010; ++i) text += "    bad-" + std::to_string(i) + ": x\n";
  const std::vector<std::string> all = messages(load_text(text, "f.yml"));
  ASSERT_EQ(all.size(), 1001u);
  EXPECT_EQ(all[0].substr(0, 32), "f.yml:3:5: global.labels: 'bad-0");
  EXPECT_EQ(all[1000], "f.yml:1002:5: 10 more errors are not shown");
}

}  // namespace
}  // namespace rdpwatch::config
