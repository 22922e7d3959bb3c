"""Everything from a simulated host to the pager: rdpsim, a name server, rdpwatch, Prometheus with our rules, Alertmanager with
our example, and a webhook in place of its receivers. The end-to-end tests and the pictures of the dashboards stand on it;
tests/e2e/watch_fleet.py runs it by hand."""

import json
import os
import re
import signal
from pathlib import Path

from harness.alertmanager import Alertmanager, write_example
from harness.prometheus import Prometheus, configuration
from harness.rdpwatch import Daemon
from harness.servers import Dnsmasq
from harness.simulated_fleet import REFUSES, RESETS, SimulatedFleet
from harness.simulator import Simulator
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


class MonitoringStack:
    """`keep` sees to it that what it is given is ended: Case.keep, or Case.keep_for_class."""

    def __init__(self, folder, keep):
        self.folder, self.keep = folder, keep
        self.fleet = SimulatedFleet()
        self.names = keep(Dnsmasq(folder / "names", self.fleet.dns_records()))
        self.scenario_path = folder / "scenario.yml"
        self._write_scenario()
        self.simulator = keep(Simulator(folder, config=self.scenario_path))
        self.discovery = folder / "discovery"
        self._write_discovery_files()
        self.daemon = keep(Daemon(folder, self.config()))
        self.webhook = keep(Webhook())
        # An eighth of a minute, as above; what follows in a group is told at once.
        example = write_example(folder, self.webhook.url, group_wait="7500ms", group_interval="1s")
        self.alertmanager = keep(Alertmanager(folder, at_all_hours(example)))
        self.prometheus = keep(Prometheus(folder, configuration(
            {JOB: [f"127.0.0.1:{self.daemon.port}"]}, quick_rules(folder / "rules"), f"127.0.0.1:{self.alertmanager.port}")))

    def config(self, without=()):
        nameserver = f"{self.names.address}:{self.names.port}"
        return json.dumps(self.fleet.daemon_config(nameserver, self.simulator.port, self.discovery, without))

    def target(self, name):
        """The label of the host with this short name."""
        return f"{self.fleet.hosts[name].full_name}:{self.simulator.port}"

    def _write_scenario(self):
        self.scenario_path.write_text(json.dumps(self.fleet.scenario()), encoding="utf-8")

    def _write_discovery_files(self):
        self.discovery.mkdir()
        for name, content in self.fleet.discovery_files(self.simulator.port).items():
            (self.discovery / name).write_text(json.dumps(content), encoding="utf-8")

    def apply(self):
        """The simulated hosts are as the fleet says from the next connection on."""
        self._write_scenario()
        self.simulator.signal(signal.SIGHUP)

    def restart_daemon(self):
        """Another process in its place, which knows nothing of before."""
        code = self.daemon.stop()
        if code != 0:
            raise AssertionError(f"the daemon ended with {code}: {self.daemon.log()}")
        self.daemon = self.keep(Daemon(self.folder, self.config(), port=self.daemon.port))

    def wait_for_count(self, expression, count, seconds):
        """Until that many series fit."""
        self.prometheus.wait_for(lambda: len(self.prometheus.query(expression)) == count, seconds,
                                 lambda: f"{count} of {expression}, last {self.prometheus.query(expression)}", every=0.1)

    def wait_until_known(self, of="rdp_probe_success == 1", seconds=60):
        """Every endpoint was probed, and is up unless `of` says otherwise."""
        self.wait_for_count(of, sum(len(host.addresses) for host in self.fleet.hosts.values()), seconds)

    def make_trouble(self):
        """Whatever can break at once: the tenth server, a site as a whole, one address of three, a certificate that changes, a
        discovery file that was written by half."""
        self.fleet.change("rdsh-lon-10", RESETS)
        for name in self.fleet.of_site("fra1"):
            self.fleet.change(name, REFUSES)
        self.fleet.change("gateway-ams-01", RESETS, self.fleet.hosts["gateway-ams-01"].addresses[:1])
        self.fleet.change("servers-par-12", {"certificate": {"issuer": "", "serial": 4711}})
        self.apply()
        (self.discovery / "half.json").write_text('[{"targets": ["half', encoding="utf-8")

    def wait_until_troubled(self, seconds=120):
        """The daemon has drawn its conclusions from make_trouble() and from what was wrong before, and alerts fire."""
        self.wait_for_count('rdp_target_outlier{dimension="failure"}', 1, seconds)
        self.wait_for_count('rdp_path_failure_members{scope="site",name="fra1"}', 1, seconds)
        self.wait_for_count('rdp_target_outlier{dimension="latency"}', 1, seconds)
        self.wait_for_count("rdp_cert_unexpected_change_timestamp_seconds > 0", 1, seconds)
        self.prometheus.wait_for_series("rdp_nla_required", seconds)
        for alert in ("RdpTargetDown", "RdpDiscoveryFailing"):
            self.prometheus.wait_for_series(f'ALERTS{{alertname="{alert}",alertstate="firing"}}', seconds)
