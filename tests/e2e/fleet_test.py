"""A fleet: the quickstart's ten hosts, and a scrape held against the catalogue."""

import os
import re
from pathlib import Path

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator, complaints

ROOT = Path(os.environ["RDPWATCH_SOURCE_DIR"])
PAGE = "/metrics/targets"
# Families that a fleet without audits, expanded addresses, discovery, limits reached, a state file and hosts that say who they are need
# not show.
CONDITIONAL = {"rdp_host_info", "rdp_host_clock_skew_seconds", "rdp_host_name_mismatch",
               "rdp_nla_required", "rdp_security_accepts", "rdp_tls_accepts", "rdp_audit_last_success_timestamp_seconds",
               "rdp_target_clean_up", "rdp_target_outlier", "rdp_path_failure_members",
               "rdpwatch_sd_refresh_failures_total", "rdpwatch_sd_last_refresh_success_timestamp_seconds",
               "rdpwatch_storage_working", "rdpwatch_storage_errors_total", "rdpwatch_storage_last_write_timestamp_seconds",
               "rdpwatch_storage_bytes", "rdpwatch_series_dropped_total", "rdpwatch_probes_skipped_total", "rdpwatch_probe_local_errors_total"}


def catalogue():
    rows = (ROOT / "daemon/metrics/metrics.def").read_text(encoding="utf-8")
    return dict(re.findall(r"^RDPWATCH_(?:TARGET|GROUP|SELF)_METRIC\((\w+), (\w+),", rows, re.M))


class Fleet(Case):
    def test_the_quickstarts_tenth_host_is_named(self):
        simulator = self.keep(Simulator(self.folder, config=ROOT / "deploy/quickstart/simulated-fleet.yml"))
        targets = [simulator.target(f"127.0.10.{number}") for number in range(1, 11)]
        daemon = self.keep(Daemon(self.folder, lab_config(targets)))
        scrape = daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_probe_success")) == 10, 40, "ten results", PAGE)
        self.assertEqual({sample.labels["target"]: sample.value for sample in scrape.find("rdp_probe_success")},
                         {target: float(target != targets[9]) for target in targets})
        self.assertEqual({sample.labels["target"]: sample.labels["state"] for sample in scrape.find("rdp_target_state")},
                         {target: "down" if target == targets[9] else "up" for target in targets})
        reasons = scrape.find("rdp_probe_failure_reason")
        self.assertEqual([{key: sample.labels[key] for key in ("target", "phase", "reason", "category", "client_error")}
                          for sample in reasons],
                         [{"target": targets[9], "phase": "tls", "reason": "connection_reset", "category": "network",
                           "client_error": "0x904/0x7"}])
        self.assertEqual(scrape.value("rdp_probe_failures_total", target=targets[9]), 1)
        self.assertEqual(len(scrape.find("rdp_cert_not_after_timestamp_seconds")), 9)
        page = daemon.scrape()
        self.assertEqual(page.value("rdp_group_targets", group="lab", state="up"), 9)
        self.assertEqual(page.value("rdp_group_targets", group="lab", state="down"), 1)
        self.assertEqual(page.value("rdpwatch_probe_failures_total", module="tls", reason="connection_reset"), 1)
        self.assertEqual(page.value("rdpwatch_probe_failures_total", module="tls", reason="timeout"), 0)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(complaints(simulator.stats()), [])

    def test_a_scrape_equals_the_catalogue(self):
        hosts = {fresh_address(): behaviour for behaviour in ("expired", "reset_after_client_hello", "tls10")}
        simulator = self.keep(Simulator(self.folder, hosts))
        daemon = self.keep(Daemon(self.folder, lab_config(map(simulator.target, hosts))))
        daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_probe_success")) == 3, 40, "three results", PAGE)
        page = daemon.get("/metrics")
        types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", page, re.M))
        rows = catalogue()
        self.assertEqual({name: kind for name, kind in types.items() if rows.get(name) != kind}, {})
        self.assertLessEqual(set(rows) - set(types), CONDITIONAL)
        self.assertEqual(len(re.findall(r"^# HELP ", page, re.M)), len(types))


if __name__ == "__main__":
    main(200)
