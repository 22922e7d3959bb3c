"""From a broken host to the right pager: the simulated fleet, the daemon, Prometheus with our rules, Alertmanager with our
example. One story, since each of its steps begins where the last one ended."""

import os
import re
import time
from collections import Counter
from pathlib import Path

from harness.monitoring import JOB, MonitoringStack
from harness.pages import Pages
from harness.process import Case, main
from harness.simulated_fleet import DESERVED, REFUSES, RESETS

ROOT = Path(os.environ["RDPWATCH_SOURCE_DIR"])
RUNBOOK = re.compile(r"https://github\.com/example/rdpwatch/blob/main/(deploy/runbooks/(\w+)\.md)")
DASHBOARD = re.compile(r"https://grafana\.example\.com/d/([a-z-]+)\?")
TENTH, RETIRED, FORGOTTEN = "rdsh-lon-10", "rdsh-ams-02", "servers-par-11"
GATEWAY, SITE = "gateway-ams-01", "fra1"
LASTING = {"RdpTargetDown", "RdpSiteFailing", "RdpCertificateExpired", "RdpCertificateExpiringVerySoon", "RdpCertificateExpiringSoon"}
INFO = {"RdpLatencyOutlier", "RdpCertificateRenewalLate"}
# Above the sum of what it takes: a probe interval, the rule's wait, the group's wait, and a busy machine.
PATIENCE = 90


def receiver_of(alert):
    """Where the alerts go that the fleet deserves without anything broken: none of them is a page."""
    if alert in INFO:
        return "digest"
    return "certificates" if alert.startswith("RdpCertificate") else "oncall-chat"


class Alerting(Case):
    def test_from_break_to_pager(self):
        self.stack = MonitoringStack(self.folder, self.keep)
        self.pages = Pages(self.stack.webhook)
        self.stack.wait_until_known()
        self.pages.say("every host was probed and is up")
        self.a_healthy_fleet_pages_nobody()
        self.broken_hosts_page_those_who_run_them()
        self.a_restart_neither_resolves_nor_pages()
        self.what_is_repaired_or_removed_is_resolved()
        self.an_unwatched_fleet_is_the_only_news()
        self.nothing_else_was_told()

    def a_healthy_fleet_pages_nobody(self):
        begun = time.time()
        self.pages.wait(PATIENCE, begun, receiver="certificates", name="RdpCertificateExpired", target=self.stack.target("servers-par-03"))
        self.pages.wait(PATIENCE, begun, receiver="certificates", name="RdpCertificateExpiringVerySoon",
                        target=self.stack.target("servers-par-01"))
        self.pages.wait(PATIENCE, begun, receiver="certificates", name="RdpCertificateExpiringSoon", target=self.stack.target("servers-par-02"))
        self.assertEqual(self.stack.prometheus.query('ALERTS{alertname=~"Rdp(Site|Group|Target|Address).+"}'), [])
        self.assert_told_only_what_is_deserved()

    def assert_told_only_what_is_deserved(self):
        self.assertEqual(self.told() - self.deserved(), set())

    def told(self):
        """(receiver, alert, what it is about) of everything that was told as firing. Not of further latency outliers: on a
        machine that is busy with other tests some host is always the slow one."""
        found = {(page.receiver, page.name, page.about()) for page in self.pages.find(status="firing")}
        return {page for page in found if page[1] != "RdpLatencyOutlier"} | (found & self.deserved())

    def deserved(self):
        return {(receiver_of(alert), alert, self.stack.target(name)) for name, alerts in DESERVED.items() for alert in alerts}

    def broken_hosts_page_those_who_run_them(self):
        fleet = self.stack.fleet
        for name in (TENTH, RETIRED, FORGOTTEN):
            fleet.change(name, RESETS)
        for name in fleet.of_site(SITE):
            fleet.change(name, REFUSES)
        fleet.change(GATEWAY, REFUSES, fleet.hosts[GATEWAY].addresses[:1])
        begun = time.time()
        self.stack.apply()
        self.assert_tenth(self.pages.wait(PATIENCE, begun, name="RdpTargetDown", target=self.stack.target(TENTH)))
        for name, receiver in ((RETIRED, "euc-pager"), (FORGOTTEN, "oncall-pager")):
            self.pages.wait(PATIENCE, begun, name="RdpTargetDown", target=self.stack.target(name), receiver=receiver)
        site = self.pages.wait(PATIENCE, begun, name="RdpSiteFailing", site=SITE)
        self.assertEqual((site.receiver, site.labels), ("fra1-pager", {
            "alertname": "RdpSiteFailing", "job": JOB, "site": SITE, "severity": "critical"}))
        self.assertIn("connection_closed in negotiate", site.annotations["description"])
        self.assert_links(site, "path_down", "rdp-fleet")
        address = self.pages.wait(PATIENCE, begun, name="RdpAddressDown", target=self.stack.target(GATEWAY))
        self.assertEqual((address.receiver, address.labels["address"].split(":")[0]), ("oncall-chat", fleet.hosts[GATEWAY].addresses[0]))
        self.assert_site_is_one_page("firing")

    def assert_tenth(self, page):
        self.assertEqual((page.receiver, page.status), ("euc-pager", "firing"))
        self.assertEqual(page.labels, {
            "alertname": "RdpTargetDown", "severity": "critical", "job": JOB, "group": "rdsh-lon", "target": self.stack.target(TENTH),
            "site": "lon1", "team": "euc", "platform": "vmware"})
        description = page.annotations["description"]
        self.assertIn("Phase tls, reason connection_reset; a Remote Desktop client shows 0x904/0x7.", description)
        causes = re.search(r"Causes: (\w+) \((?:decisive|likely|possible)\)", description)
        self.assertIsNotNone(causes, description)
        self.assert_links(page, causes[1], "rdp-target")

    def assert_links(self, page, cause, uid):
        runbook = RUNBOOK.fullmatch(page.annotations["runbook_url"])
        self.assertIsNotNone(runbook, page.annotations)
        self.assertEqual(runbook[2], cause)
        self.assertTrue((ROOT / runbook[1]).is_file(), runbook[1])
        dashboard = DASHBOARD.match(page.annotations["dashboard_url"])
        self.assertIsNotNone(dashboard, page.annotations)
        self.assertEqual(dashboard[1], uid)
        self.assertTrue((ROOT / f"dashboards/{uid}.json").is_file(), uid)

    def assert_site_is_one_page(self, status):
        """One notification in this status, and none about what is within the site, which Alertmanager inhibits."""
        self.assertEqual([(page.receiver, page.name) for page in self.pages.find(site=SITE, status=status)],
                         [("fra1-pager", "RdpSiteFailing")])
        self.assertEqual([page.name for page in self.pages.find(site=SITE) if page.name != "RdpSiteFailing"], [])

    def a_restart_neither_resolves_nor_pages(self):
        self.wait_for_alerts({"RdpTargetDown": len(self.stack.fleet.of_site(SITE)) + 3, "RdpGroupFailing": 2})
        inhibited = [one["labels"]["alertname"] for one in self.stack.alertmanager.alerts()
                     if one["labels"].get("site") == SITE and one["status"]["inhibitedBy"]]
        self.assertEqual(sorted(set(inhibited)), ["RdpGroupFailing", "RdpTargetDown"])
        before, states = self.lasting(), self.states()
        begun = time.time()
        self.stack.restart_daemon()
        self.stack.wait_until_known(of=f"rdp_probe_success and timestamp(rdp_probe_success) > {begun}")
        self.pages.say(f"the daemon started again and Prometheus has every host anew after {time.time() - begun:.1f} s")
        self.assertEqual(self.states(), states, "the first scrape shows every state, and since when it holds")
        self.stack.wait_until_known(of=f"rdp_probe_last_run_timestamp_seconds > {begun}")
        self.pages.say(f"every host was probed again after {time.time() - begun:.1f} s")
        self.assertEqual(self.states(), states)
        self.assertEqual(self.lasting(), before)

    def states(self):
        """Since when each endpoint is in its state, and each alert has been true."""
        found = {}
        for name in ("rdp_target_state_since_timestamp_seconds", 'ALERTS_FOR_STATE{alertname=~"RdpTargetDown|RdpSiteFailing|RdpGroupFailing"}'):
            for series in self.stack.prometheus.query(name):
                found[tuple(sorted(series["metric"].items()))] = series["value"][1]
        return found

    def lasting(self):
        """How often which of the alerts was told that hold before a restart and after it."""
        return Counter((page.name, page.about(), page.status) for page in self.pages.find() if page.name in LASTING)

    def wait_for_alerts(self, counts):
        """Until so many alerts of these names fire in Prometheus."""
        for name, count in counts.items():
            self.stack.wait_for_count(f'ALERTS{{alertname="{name}",alertstate="firing"}}', count, PATIENCE)

    def what_is_repaired_or_removed_is_resolved(self):
        fleet, retired = self.stack.fleet, self.stack.target(RETIRED)
        for name in (TENTH, GATEWAY, *fleet.of_site(SITE)):
            fleet.repair(name)
        begun = time.time()
        self.stack.apply()
        self.stack.daemon.reload(self.stack.config(without=[RETIRED]))
        self.stack.daemon.wait_for_scrape(lambda scrape: retired not in scrape.targets(), 20, "a page without it", "/metrics/targets")
        # One scrape, a second apart: without a stale marker the last value would go on for five minutes.
        self.stack.prometheus.wait_for_query(f'rdp_probe_success{{target="{retired}"}}', {}, 5)
        self.pages.say(f"the series of a removed host were stale {time.time() - begun:.1f} s after the reload")
        self.pages.wait(PATIENCE, begun, name="RdpTargetDown", target=retired, status="resolved", receiver="euc-pager")
        self.pages.wait(PATIENCE, begun, name="RdpTargetDown", target=self.stack.target(TENTH), status="resolved", receiver="euc-pager")
        self.pages.wait(PATIENCE, begun, name="RdpSiteFailing", status="resolved", receiver="fra1-pager")
        self.pages.wait(PATIENCE, begun, name="RdpAddressDown", status="resolved", receiver="oncall-chat")
        self.assert_site_is_one_page("resolved")

    def an_unwatched_fleet_is_the_only_news(self):
        """A host is still down: its alert goes on for a while, and Alertmanager keeps it to itself."""
        begun = time.time()
        self.assertEqual(self.stack.daemon.stop(), 0)
        self.stack.alertmanager.wait_for(lambda: self.is_inhibited(FORGOTTEN, by="RdpFleetUnwatched"), PATIENCE, "an inhibited host", every=0.1)
        page = self.pages.wait(PATIENCE, begun, name="RdpFleetUnwatched", receiver="monitoring-pager")
        self.assertEqual(page.labels, {"alertname": "RdpFleetUnwatched", "job": JOB, "severity": "critical"})
        self.assertEqual(self.pages.find(name="RdpExporterDown"), [])

    def is_inhibited(self, name, by):
        alerts = self.stack.alertmanager.alerts()
        sources = {one["fingerprint"] for one in alerts if one["labels"]["alertname"] == by}
        return any(one["labels"].get("target") == self.stack.target(name) and sources & set(one["status"]["inhibitedBy"]) for one in alerts)

    def nothing_else_was_told(self):
        """Of the whole story: what the fleet deserves, and what was broken."""
        broken = {("euc-pager", "RdpTargetDown", self.stack.target(TENTH)), ("euc-pager", "RdpTargetDown", self.stack.target(RETIRED)),
                  ("oncall-pager", "RdpTargetDown", self.stack.target(FORGOTTEN)), ("fra1-pager", "RdpSiteFailing", SITE),
                  ("oncall-chat", "RdpAddressDown", self.stack.target(GATEWAY)), ("monitoring-pager", "RdpFleetUnwatched", JOB)}
        self.assertEqual(self.told(), self.deserved() | broken)
        self.assertEqual({page: times for page, times in self.lasting().items() if times != 1}, {})
        self.pages.say(f"{len(self.stack.webhook.notifications)} notifications in all")


if __name__ == "__main__":
    main(280)
