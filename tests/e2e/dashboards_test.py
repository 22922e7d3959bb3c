"""Every query of every dashboard, run against a Prometheus that scrapes a daemon with a fleet in trouble: no error, no flood of
series, and data wherever this fleet has some."""

import json
import os
from collections import Counter
from pathlib import Path

from dashboard.run import Runner, needs_choice, report
from harness.monitoring import MonitoringStack
from harness.process import Case, main

DASHBOARDS = Path(os.environ["RDPWATCH_SOURCE_DIR"]) / "dashboards"
MOST_SERIES = 50
# Hosts that the dashboards of one group and of one host are looked at for: broken, weak, with several addresses, without NLA,
# in a group of many; with a certificate that changed.
HOSTS = ("rdsh-lon-10", "servers-par-05", "servers-par-03", "servers-par-12", "gateway-ams-01", "kiosk-ber-01", "vdi-dub-01")

# Queries that have nothing to show here, and why: {(uid, panel (its type), refId): reason}.
MAY_BE_EMPTY = {
    ("rdp-target", "Phases, one upon the other (timeseries)", "F"): "login is a reserved phase that no module has yet",
    ("rdp-certificates", "Not seen for long (table)", "A"): "a certificate would have to be out of sight for a day",
    ("rdp-certificates", "Not seen for long (table)", "B"): "as before",
    ("rdp-exporter", "Local errors (timeseries)", "A"): "this machine would have to run out of ports or descriptors",
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
            dashboard = json.loads(path.read_text(encoding="utf-8"))
            found = cls.answers[dashboard["uid"]] = Runner(cls.stack.prometheus, dashboard).run(cls.choices(dashboard))
            print(*report(dashboard["uid"], found), sep="\n", flush=True)

    @classmethod
    def choices(cls, dashboard):
        if not needs_choice(dashboard):
            return [{}]
        return [{"group": cls.stack.fleet.hosts[name].group.name, "target": cls.stack.target(name)} for name in HOSTS]

    def all_answers(self):
        listed = [((uid, query.panel, query.ref), answer) for uid, found in self.answers.items() for query, answer in found.items()]
        self.assertEqual(len(dict(listed)), len(listed), "two panels of one title and type, or two queries of one refId")
        return dict(listed)

    def test_there_are_dashboards(self):
        self.assertGreaterEqual(len(self.answers), 6)
        self.assertEqual({uid for uid, found in self.answers.items() if len(found) < 5}, set())

    def test_every_query_runs(self):
        self.assertEqual({key: answer.error for key, answer in self.all_answers().items() if answer.error}, {})

    def test_no_panel_is_flooded(self):
        """The fleet has a group of more hosts than that, and more in all."""
        found = Counter()
        for uid, answers in self.answers.items():
            for query, answer in answers.items():
                if query.kind != "labels":
                    found[(uid, query.panel, "" if query.drawn else query.ref)] += answer.series
        self.assertEqual({panel: series for panel, series in found.items() if series > MOST_SERIES}, {})

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
