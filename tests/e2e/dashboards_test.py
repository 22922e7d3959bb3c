"""Every query of every dashboard, run against a Prometheus that scrapes a daemon with a fleet in trouble: no error, no flood of
series, and data wherever this fleet has some."""

import os
from pathlib import Path

from dashboard.queries import load
from dashboard.run import Runner, needs_choice, report
from harness.monitoring import MonitoringStack
from harness.process import Case, main

DASHBOARDS = Path(os.environ["RDPWATCH_SOURCE_DIR"]) / "dashboards"
MOST_SERIES = 50
# Hosts that the dashboards of one group and of one host are looked at for: broken, weak, with several addresses, without NLA,
# in a group of many.
HOSTS = ("rdsh-lon-10", "servers-par-05", "servers-par-03", "gateway-ams-01", "kiosk-ber-01", "vdi-dub-01")

# Queries that have nothing to show here, and why: {(uid, panel, refId): reason}.
MAY_BE_EMPTY = {
    ("rdp-target", "Phases, one upon the other", "F"): "login is a reserved phase that no module has yet",
    ("rdp-certificates", "Not seen for long", "A"): "every certificate of the test was seen within the day",
    ("rdp-certificates", "Not seen for long", "B"): "every certificate of the test was seen within the day",
    ("rdp-exporter", "annotation Alerts firing", ""): "the daemon itself is not in trouble",
    ("rdp-exporter", "Local errors", "A"): "the machine of the test has none",
    ("rdp-exporter", "Discovery", "A"): "the fleet of the test is configured, not discovered",
    ("rdp-exporter", "Discovery", "B"): "the fleet of the test is configured, not discovered",
    ("rdp-exporter", "Discovery", "C"): "the fleet of the test is configured, not discovered",
}


class Dashboards(Case):
    @classmethod
    def setUpClass(cls):
        cls.stack = MonitoringStack(cls.class_folder(), cls.keep_for_class)
        cls.stack.wait_until_known()
        cls.stack.make_trouble()
        cls.stack.wait_until_troubled()
        cls.answers = {}
        for path in sorted(DASHBOARDS.glob("rdp-*.json")):
            dashboard = load(path)
            found = cls.answers[dashboard["uid"]] = Runner(cls.stack.prometheus, dashboard).run(cls.choices(dashboard))
            print(*report(dashboard["uid"], found), sep="\n", flush=True)

    @classmethod
    def choices(cls, dashboard):
        if not needs_choice(dashboard):
            return [{}]
        return [{"group": cls.stack.fleet.hosts[name].group.name, "target": cls.stack.target(name)} for name in HOSTS]

    def all_answers(self):
        return {(uid, query.panel, query.ref): answer for uid, found in self.answers.items() for query, answer in found.items()}

    def test_there_are_dashboards(self):
        self.assertGreaterEqual(len(self.answers), 6)
        self.assertEqual({uid for uid, found in self.answers.items() if len(found) < 5}, set())

    def test_every_query_runs(self):
        self.assertEqual({key: answer.error for key, answer in self.all_answers().items() if answer.error}, {})

    def test_no_query_floods_a_panel(self):
        """A panel's queries each have a legend of their own, or are columns of one table."""
        self.assertEqual({key: answer.series for key, answer in self.all_answers().items()
                          if answer.series > MOST_SERIES and not key[1].startswith("variable ")}, {})

    def test_every_query_has_data(self):
        empty = {key for key, answer in self.all_answers().items() if answer.series == 0}
        self.assertEqual(empty - set(MAY_BE_EMPTY), set())

    def test_the_list_of_empty_ones_names_queries_that_exist(self):
        self.assertEqual(set(MAY_BE_EMPTY) - set(self.all_answers()), set())

    def test_the_rules_run(self):
        broken = {rule["name"]: rule.get("lastError") for rule in self.stack.prometheus.rules() if rule["health"] != "ok"}
        self.assertEqual(broken, {})


if __name__ == "__main__":
    main(280)
