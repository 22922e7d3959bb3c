"""The dashboards keep the rules: ours and those of Grafana's linter. Each rule is itself held against a planted fault.

Of the linter's rules, target-instance and template-instance hold for `target` in place of `instance`: what is watched is the
target, and an instance is one of our own daemons; the rules about Loki do not apply, there is none.
"""

import copy
import re
import unittest

import tree
from dashboard import board_rules, example, link_rules, model, panel_rules, promql, query_rules, series, variable_rules
from planted_faults import PLANTED

RULES = [rule for rules in (board_rules, variable_rules, panel_rules, query_rules, link_rules) for rule in rules.RULES]
UIDS = ["rdp-certificates", "rdp-exporter", "rdp-fleet", "rdp-group", "rdp-security", "rdp-target"]


def complaints(file, board, known):
    return [f"{rule.__name__}: {complaint}" for rule in RULES for complaint in rule(file, board, known)]


class Dashboards(unittest.TestCase):
    maxDiff = None

    def test_the_committed_dashboards_keep_the_rules(self):
        known = model.Known.of_tree(tree)
        boards = model.committed(tree)
        self.assertEqual([file for file, _ in boards], [f"{uid}.json" for uid in UIDS])
        self.assertEqual({file: found for file, board in boards if (found := complaints(file, board, known))}, {})

    def test_the_rules_let_a_good_dashboard_pass(self):
        self.assertEqual(complaints("rdp-example.json", example.dashboard(), example.known()), [])

    def test_every_rule_finds_its_planted_faults(self):
        for plant, expected in PLANTED:
            board = copy.deepcopy(example.dashboard())
            plant(board)
            self.assertEqual(complaints("rdp-example.json", board, example.known()), expected)

    def test_alerts_lead_to_dashboards(self):
        """Their links carry the variables that the dashboard has."""
        known = model.Known.of_tree(tree).dashboards
        links = re.findall(r"https://grafana\.example\.com/d/([\w-]+)\?(\S.*)", tree.read("deploy/prometheus/rules/alerts.yml"))
        self.assertGreater(len(links), 30)
        unknown = [(uid, name) for uid, parameters in links for name in re.findall(r"\bvar-(\w+)=", parameters) if name not in known.get(uid, set())]
        self.assertEqual(unknown, [])

    def test_every_rule_has_a_planted_fault(self):
        judged = {complaint.partition(":")[0] for _, expected in PLANTED for complaint in expected}
        self.assertEqual(judged, {rule.__name__ for rule in RULES})


class Catalogue(unittest.TestCase):
    """What the rules know of metrics, labels and numbers of series."""

    def test_every_recording_rule_is_read(self):
        metrics = model.Known.of_tree(tree).metrics
        text = tree.read("deploy/prometheus/rules/recording.yml")
        self.assertGreater(text.count("- record: "), 20)
        self.assertEqual(len([name for name in metrics if ":" in name]), text.count("- record: "))
        self.assertEqual(sorted(metrics["site:rdp_probe_success:ratio"].labels), ["job", "site"])
        self.assertEqual(sorted(metrics["group_state:rdp_target_state:count"].labels),
                         ["group", "job", "platform", "site", "state", "team"])

    def test_the_number_of_series_is_bounded(self):
        metrics = model.Known.of_tree(tree).metrics
        target = 'rdp_probe_phase_duration_seconds{target="$target"}'
        for text, count in [
                ("sum(rdp_probe_success)", 1), ("sum by (state) (rdp_target_state)", 5), ("sum by (state, phase) (vector(1))", None),
                ('rdp_target_state{state=~"up|down"}', float("inf")), ('count by (state) (rdp_target_state{state=~"up|down"})', 2),
                ("topk(20, rdp_probe_success)", 20), ("topk by (state) (3, rdp_target_state)", 15), (target, 16), ("time()", None),
                ("rdp_cert_info and on (target) topk(50, rdp_probe_success)", 100),
                ("rdp_target_state and on (target) topk(50, rdp_probe_success)", 500),
                ("topk by (target) (1, rdp_target_state) and on (target) topk(50, rdp_probe_success)", 50),
                ("max by (target) (rdp_target_state and on (target) topk(50, rdp_probe_success))", 50),
                ("max by (target, state) (rdp_target_state and on (target) topk(50, rdp_probe_success))", 250),
                ("topk by (target, site) (1, rdp_target_state and on (target) topk(50, rdp_probe_success))", 50),
                ("topk(9, rdp_probe_success) or topk(9, rdp_cert_info)", 18), ("rdp_probe_success unless topk(9, rdp_cert_info)", float("inf")),
                ("rdp_cert_info * on (target) group_left (state) topk(7, rdp_target_state)", 14)]:
            with self.subTest(text):
                try:
                    found = series.of(promql.parse(text), metrics)
                except series.Fault as fault:
                    self.assertEqual((str(fault), count), ("sum by (state): its series have no label state", None))
                    continue
                self.assertEqual(found and found.count, count)


if __name__ == "__main__":
    unittest.main()
