"""The rules for Prometheus: promtool checks and tests them; every alert is tested, leads somewhere, and uses what exists."""

import os
import re
import subprocess
import unittest
from pathlib import Path

import yaml
from harness.process import tool
from harness.rdpwatch import run

ROOT = Path(os.environ["RDPWATCH_SOURCE_DIR"])
RULES = ROOT / "deploy/prometheus/rules"
TESTS = sorted((ROOT / "tests/rules").glob("*.yml"))
REPOSITORY = "https://github.com/example/rdpwatch/blob/main/"
GRAFANA = "https://grafana.example.com/d/"
OF_PROMETHEUS = {"up"}


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules(kind):
    """The rules of the kind, `alert` or `record`, of both files."""
    return [rule for name in ("recording.yml", "alerts.yml") for group in load(RULES / name)["groups"]
            for rule in group["rules"] if kind in rule]


def promtool(*arguments):
    done = subprocess.run([tool("promtool"), *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def evaluations():
    """{alert: [(test, its expected alerts)]}, in the order of time within each test."""
    found = {}
    for path in TESTS:
        for test in load(path)["tests"]:
            for evaluation in test["alert_rule_test"]:
                found.setdefault(evaluation["alertname"], []).append((f"{path.name}: {test['name']}", evaluation["exp_alerts"]))
    return found


def metrics_of(expression):
    """Names of metrics in a PromQL expression: what is no keyword, label, function or string."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(without|by|on|ignoring|group_left)\s*\([^)]*\)', " ", expression)
    return set(re.findall(r"\b(?:[a-z_]+:)?(?:rdp|rdpwatch)_[a-z0-9_]+(?::\w+)?|\bup\b", bare))


class Rules(unittest.TestCase):
    maxDiff = None

    def test_promtool_finds_no_fault(self):
        for path in sorted(RULES.glob("*.yml")):
            code, output = promtool("check", "rules", path)
            self.assertEqual((path.name, code), (path.name, 0), output)

    def test_promtools_unit_tests_pass(self):
        self.assertEqual([path.name for path in TESTS], ["certificates.yml", "counts.yml", "exporter.yml", "hosts.yml", "maintenance.yml",
                                                       "security.yml"])
        for path in TESTS:
            code, output = promtool("test", "rules", path)
            self.assertEqual((path.name, code), (path.name, 0), output)

    def test_every_alert_is_seen_to_stay_away_to_fire_and_to_end(self):
        found = evaluations()
        self.assertEqual(set(found), {rule["alert"] for rule in rules("alert")})
        for alert, seen in found.items():
            whole = [name for name in dict(seen)
                     if re.search("SF+S", "".join("F" if alerts else "S" for test, alerts in seen if test == name))]
            self.assertTrue(whole, f"no test sees {alert} silent, then firing, then silent again")

    def test_alerts_keep_to_the_conventions(self):
        for group in load(RULES / "alerts.yml")["groups"]:
            self.assertLessEqual((group["name"], len(group["rules"])), (group["name"], 20))
            for rule in group["rules"]:
                with self.subTest(rule["alert"]):
                    self.assertRegex(rule["alert"], r"^(?=.{1,40}$)([A-Z]+[a-z0-9]+)+$")
                    self.assertEqual(set(rule["labels"]), {"severity"}, "what changes while an alert goes on is no label of it")
                    self.assertIn(rule["labels"]["severity"], {"critical", "warning", "info"})
                    self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook_url", "dashboard_url"})
                    self.assertRegex(rule["annotations"]["summary"], r"^[A-Z][^{}]+\.$")
                    self.assertRegex(rule["annotations"]["description"], r"\{\{.+\}\}")

    def test_the_alerts_of_hosts_outlast_a_restart_and_what_silences_them_outlasts_them(self):
        kept = {rule["alert"]: rule.get("keep_firing_for") for rule in rules("alert")}
        hosts = [rule["alert"] for rule in load(RULES / "alerts.yml")["groups"][0]["rules"]]
        self.assertEqual({kept.pop(name) for name in hosts if name not in ("RdpSiteFailing", "RdpGroupFailing")}, {"10m"})
        self.assertEqual([kept[name] for name in ("RdpGroupFailing", "RdpSiteFailing", "RdpProberBlind")], ["15m", "20m", "25m"])

    def test_rules_use_only_metrics_that_exist(self):
        known = set(re.findall(r"\w+", run("print-metrics").stdout)) | OF_PROMETHEUS
        recorded = {rule["record"] for rule in rules("record")}
        histograms = {name + suffix for name in ("rdp_group_phase_duration_seconds", "rdpwatch_schedule_lag_seconds")
                      for suffix in ("_bucket", "_count", "_sum")}
        for rule in rules("record") + rules("alert"):
            used = metrics_of(rule["expr"])
            for query in re.findall(r'"((?:[^"\\]|\\.)*)"', " ".join(rule.get("annotations", {}).values())):
                used |= metrics_of(query)
            self.assertTrue(used, rule)
            self.assertEqual((rule.get("alert"), used - known - recorded - histograms), (rule.get("alert"), set()))

    def test_every_recorded_series_is_used(self):
        texts = [path.read_text(encoding="utf-8") for path in (*RULES.glob("*.yml"), *(ROOT / "dashboards").glob("*.json"))]
        idle = [rule["record"] for rule in rules("record")
                if sum(len(re.findall(re.escape(rule["record"]) + r"\b", text)) for text in texts) < 2]
        self.assertEqual(idle, [])

    def test_links_of_alerts_lead_somewhere(self):
        pages = (ROOT / "deploy/prometheus/README.md").read_text(encoding="utf-8")
        anchors = {heading.lower() for heading in re.findall(r"^### (\w+)$", pages, re.M)}
        dashboards = {path.stem for path in (ROOT / "dashboards").glob("rdp-*.json")}
        for rule in rules("alert"):
            with self.subTest(rule["alert"]):
                page = rule["annotations"]["runbook_url"].removeprefix(REPOSITORY)
                path, _, anchor = re.sub(r"\s*\{\{- with .+\{\{ else \}\}README\{\{ end \}\}", "README", page).partition("#")
                self.assertTrue((ROOT / path).is_file(), path)
                self.assertTrue(not anchor or anchor in anchors, anchor)
                self.assertIn(rule["annotations"]["dashboard_url"].removeprefix(GRAFANA).partition("?")[0], dashboards)

    def test_every_alert_is_explained(self):
        pages = (ROOT / "deploy/prometheus/README.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^### (Rdp\w+)$", pages, re.M), [rule["alert"] for rule in rules("alert")])

    def test_documents_count_the_alerts_right(self):
        for document in ("README.md", "CHANGELOG.md"):
            counts = re.findall(r"\b(\d+) alerts", (ROOT / document).read_text(encoding="utf-8"))
            self.assertEqual((document, counts), (document, [str(len(rules("alert")))]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
