"""Everything from a simulated host to the pager: rdpsim, a name server, rdpwatch, Prometheus with our rules, Alertmanager with
our example, and a webhook in place of its receivers. The end-to-end tests and the pictures of the dashboards stand on it;
tests/e2e/watch_fleet.py runs it by hand."""

import os
import re
from pathlib import Path

from harness.alertmanager import Alertmanager, write_example
from harness.prometheus import Prometheus, configuration
from harness.watched_fleet import WatchedFleet
from harness.webhook import Webhook

JOB = "rdpwatch"
RULES = Path(os.environ["RDPWATCH_SOURCE_DIR"]) / "deploy/prometheus/rules"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def shortened(text, setting, divisor, most):
    """A rule file with every `setting` (for, keep_firing_for) divided by that and cut to `most` seconds; nothing else is
    touched."""

    def shorten(found):
        seconds = min(int(found[2]) * UNITS[found[3]] / divisor, most)
        return f"{found[1]}{round(seconds * 1000)}ms"

    made, count = re.subn(rf"^( +{setting}: )(\d+)([smhd])$", shorten, text, flags=re.M)
    if count == 0 or count != len(re.findall(rf"^ +{setting}:", text, re.M)):
        raise AssertionError(f"{count} of the settings {setting} were shortened")
    return made


def quick_rules(folder):
    """Copies of our rule files that differ in time alone.

    `for` is an eighth, a little less than the sixth that the probe interval is (10 s, where it is 60 s by default): how soon a
    site, its groups and its hosts are seen to fail in relation to each other stays as it is, or is tighter. What is longer
    than two minutes waits for nothing that happens in a test, and is cut. `keep_firing_for` is a 24th: long enough for a
    daemon that starts again, which knows every host after one interval."""
    folder.mkdir()
    for path in RULES.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if "alert:" in text:
            text = shortened(shortened(text, "for", 8, 15), "keep_firing_for", 24, 60)
        (folder / path.name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def at_all_hours(path):
    """Certificates are told of in working hours; the test runs at any hour."""
    text, count = re.subn(r"\n +active_time_intervals: .*", "", path.read_text(encoding="utf-8"))
    if count != 1:
        raise AssertionError(f"{count} routes with hours")
    path.write_text(text, encoding="utf-8")
    return path


class MonitoringStack(WatchedFleet):
    """The fleet and the daemon, and all that is told by them. `keep` sees to it that what it is given is ended: Case.keep, or
    Case.keep_for_class."""

    def __init__(self, folder, keep):
        super().__init__(folder, keep)
        self.webhook = keep(Webhook())
        # An eighth of a minute, as above; what follows in a group is told at once.
        example = write_example(folder, self.webhook.url, group_wait="7500ms", group_interval="1s")
        self.alertmanager = keep(Alertmanager(folder, at_all_hours(example)))
        self.prometheus = keep(Prometheus(folder, configuration(
            {JOB: [f"127.0.0.1:{self.daemon.port}"]}, quick_rules(folder / "rules"), f"127.0.0.1:{self.alertmanager.port}")))

    def wait_for_count(self, expression, count, seconds):
        """Until that many series fit."""
        self.prometheus.wait_for(lambda: len(self.prometheus.query(expression)) == count, seconds,
                                 lambda: f"{count} of {expression}, last {self.prometheus.query(expression)}", every=0.1)

    def wait_until_known(self, of="rdp_probe_success == 1", seconds=60):
        """Every endpoint was probed, and is up unless `of` says otherwise."""
        self.wait_for_count(of, sum(len(host.addresses) for host in self.fleet.hosts.values()), seconds)

    def wait_until_troubled(self, seconds=120):
        """The daemon has drawn its conclusions from make_trouble() and from what was wrong before, and alerts fire."""
        self.wait_for_count('rdp_target_outlier{dimension="failure"}', 1, seconds)
        self.wait_for_count('rdp_path_failure_members{scope="site",name="fra1"}', 1, seconds)
        self.wait_for_count('rdp_target_outlier{dimension="latency"}', 1, seconds)
        self.wait_for_count("rdp_cert_unexpected_change_timestamp_seconds > 0", 1, seconds)
        self.prometheus.wait_for_series("rdp_nla_required", seconds)
        for alert in ("RdpTargetDown", "RdpDiscoveryFailing"):
            self.prometheus.wait_for_series(f'ALERTS{{alertname="{alert}",alertstate="firing"}}', seconds)
