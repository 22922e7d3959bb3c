"""A real Alertmanager with the example of deploy/alertmanager: what silences what, and what is one message."""

import itertools
import re
from pathlib import Path

import yaml
from harness.alertmanager import Alertmanager, alerts_of_the_rules, with_webhook, write_example
from harness.process import Case, main
from harness.webhook import Webhook

EXAMPLE = Path(__file__).parents[2] / "deploy/alertmanager/alertmanager.yml"
ALERTS = alerts_of_the_rules()
HOST_ALERTS = ["RdpTargetDown", "RdpAddressDown", "RdpTargetFlapping", "RdpVantagesDisagree", "RdpLatencyOutlier",
               "RdpClockSkew", "RdpWrongMachine", "RdpNlaStoppedAnswering"]


def matches(matcher, labels):
    """Whether labels fit a matcher as Alertmanager has them: name, = != =~ or !~, "value"; expressions are anchored."""
    name, operator, value = re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', matcher).groups()
    actual = labels.get(name, "")
    fits = bool(re.fullmatch(value, actual)) if "~" in operator else actual == value
    return fits != operator.startswith("!")


class InhibitRules(Case):
    """What the rules say, before a real Alertmanager is asked what they do."""

    def setUp(self):
        self.rules = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["inhibit_rules"]

    def names(self, matchers):
        """The alerts of ours that fit the matchers when they have every other label."""
        return {name for name in ALERTS
                if all(matches(one, {"alertname": name, **dict.fromkeys(["job", "site", "group", "target"], "x")})
                       for one in matchers)}

    def test_no_alert_is_source_and_target_of_one_rule(self):
        for rule in self.rules:
            sources, targets = self.names(rule["source_matchers"]), self.names(rule["target_matchers"])
            self.assertTrue(sources and targets, rule)
            self.assertEqual(sources & targets, set())

    def test_every_name_in_a_rule_is_an_alert(self):
        for matcher in itertools.chain(*(rule["source_matchers"] + rule["target_matchers"] for rule in self.rules)):
            self.assertEqual(set(re.findall(r"Rdp\w+", matcher)) - set(ALERTS), set())

    def test_what_need_not_be_there_is_demanded_on_both_sides(self):
        for rule in self.rules:
            demanded = [{one for one in rule[side] if one.endswith('!=""')} for side in ("source_matchers", "target_matchers")]
            self.assertEqual(demanded[0], demanded[1])
            self.assertEqual(len(demanded[0]), 1)
            self.assertIn(demanded[0].pop().removesuffix('!=""'), rule["equal"])


class Inhibition(Case):
    """One Alertmanager for all scenarios: each has a job of its own, which every rule compares."""

    @classmethod
    def setUpClass(cls):
        cls.webhook = Webhook()
        cls.keep_for_class(cls.webhook)
        folder = cls.class_folder()
        cls.alertmanager = cls.keep_for_class(Alertmanager(folder, write_example(folder, cls.webhook.url)))

    def setUp(self):
        self.job = "rdpwatch-" + self.id().rsplit(".", 1)[1]
        self.another_job = self.job + "-another"

    def inhibited(self, *alerts):
        """The given alerts, as they were given, that are inhibited when all of them fire."""
        labels = [{"job": self.job, "severity": ALERTS[one["alertname"]], **one} for one in alerts]
        posted = [{name: value for name, value in one.items() if value} for one in labels]
        self.alertmanager.post([{"labels": labels} for labels in posted])
        # Alertmanager takes alerts in order: once the first of these inhibits the second, it has taken all that came before.
        last = {"job": self.job + "-last", "group": "g", "target": "t"}
        self.alertmanager.post([{"labels": {"alertname": name, **last}} for name in ("RdpTargetDown", "RdpTargetFlapping")])
        self.alertmanager.wait_for(lambda: {"alertname": "RdpTargetFlapping", **last} in self.inhibited_labels(), 20,
                                   "the last alert to be inhibited")
        found = self.inhibited_labels()
        return [one for one, sent in zip(alerts, posted) if sent in found]

    def inhibited_labels(self):
        return [one["labels"] for one in self.alertmanager.alerts() if one["status"]["inhibitedBy"]]

    def silences(self, source, silenced, told):
        """`source` silences exactly the first of the two lists."""
        self.assertEqual(self.inhibited(source, *silenced, *told), silenced)

    def host(self, name, target="ts01:3389", group="rdsh", **more):
        return {"alertname": name, "group": group, "target": target, **more}

    def test_a_site_silences_its_groups_and_hosts(self):
        of_site = [self.host(name, site="fra1") for name in HOST_ALERTS]
        of_site.append({"alertname": "RdpGroupFailing", "group": "rdsh", "site": "fra1", "team": "euc"})
        self.silences({"alertname": "RdpSiteFailing", "site": "fra1"}, of_site, [
            self.host("RdpTargetDown", site="ams2"), self.host("RdpTargetDown"),
            {"alertname": "RdpGroupFailing", "group": "vdi", "site": "ams2"}, {"alertname": "RdpGroupFailing", "group": "vdi"},
            self.host("RdpTargetDown", site="fra1", job=self.another_job),
            self.host("RdpCertificateExpired", site="fra1"),
            self.host("RdpNlaNotRequired", site="fra1"),
            {"alertname": "RdpResultsStale", "group": "rdsh", "site": "fra1"},
        ])

    def test_no_site_is_not_a_site(self):
        self.assertEqual(self.inhibited({"alertname": "RdpSiteFailing"}, self.host("RdpTargetDown"),
                                        {"alertname": "RdpGroupFailing", "group": "vdi"}), [])

    def test_a_group_silences_its_hosts(self):
        self.silences({"alertname": "RdpGroupFailing", "group": "rdsh", "site": "fra1"},
                      [self.host(name, site="fra1") for name in HOST_ALERTS], [
            self.host("RdpTargetDown", group="vdi", site="fra1"), self.host("RdpTargetDown", site="ams2"),
            self.host("RdpTargetDown", site="fra1", team="other"), self.host("RdpTargetDown"),
            self.host("RdpTargetDown", site="fra1", job=self.another_job),
            {"alertname": "RdpSiteFailing", "site": "cdg3"}, {"alertname": "RdpGroupFailing", "group": "citrix", "site": "fra1"},
            self.host("RdpCertificateExpired", site="fra1"),
        ])

    def test_a_group_without_a_site_silences_its_hosts(self):
        self.silences({"alertname": "RdpGroupFailing", "group": "rdsh"}, [self.host("RdpTargetDown")],
                      [self.host("RdpTargetDown", site="fra1")])

    def test_no_group_is_not_a_group(self):
        self.assertEqual(self.inhibited({"alertname": "RdpGroupFailing"},
                                        {"alertname": "RdpTargetDown", "target": "ts01:3389"}), [])

    def everything_of_hosts(self):
        """Of places that are all different, so that none of these silences another."""
        hosts = [self.host(name, target=f"{name}:3389", site="fra1") for name in HOST_ALERTS]
        return [*hosts, {"alertname": "RdpSiteFailing", "site": "ams2"},
                {"alertname": "RdpGroupFailing", "group": "vdi", "site": "cdg3"}]

    def test_a_fleet_unwatched_silences_everything_of_hosts(self):
        # The exporters that are down are silenced too, by another rule.
        down = {"alertname": "RdpExporterDown", "instance": "watch1:9839"}
        self.silences({"alertname": "RdpFleetUnwatched"}, [down, *self.everything_of_hosts()], [
            self.host("RdpTargetDown", job=self.another_job), self.host("RdpCertificateExpired"),
            {"alertname": "RdpExporterShardMissing"}, {**down, "job": self.another_job},
            {"alertname": "RdpConfigReloadFailed", "instance": "watch1:9839"}])

    def test_a_blind_prober_silences_everything_of_hosts(self):
        self.silences({"alertname": "RdpProberBlind"}, self.everything_of_hosts(), [
            self.host("RdpTargetDown", job=self.another_job), self.host("RdpCertificateExpired"),
            {"alertname": "RdpExporterDown", "instance": "watch1:9839"}])

    def test_one_blind_vantage_silences_nothing(self):
        self.assertEqual(self.inhibited({"alertname": "RdpVantageBlind", "instance": "watch1:9839"},
                                        *self.everything_of_hosts()), [])

    def test_no_job_is_not_a_job(self):
        none = {"job": ""}
        self.assertEqual(self.inhibited({"alertname": "RdpFleetUnwatched", **none}, self.host("RdpClockSkew", **none),
                                        {"alertname": "RdpExporterDown", **none}), [])

    def test_a_host_that_is_down_silences_what_else_is_wrong_with_it(self):
        names = ["RdpAddressDown", "RdpTargetFlapping", "RdpVantagesDisagree", "RdpLatencyOutlier"]
        self.silences(self.host("RdpTargetDown"), [self.host(name, address="192.0.2.1") for name in names], [
            self.host("RdpTargetFlapping", target="ts02:3389"), self.host("RdpTargetFlapping", group="vdi"),
            self.host("RdpTargetFlapping", job=self.another_job), self.host("RdpWrongMachine"), self.host("RdpClockSkew"),
            self.host("RdpCertificateExpired"), self.host("RdpNlaNotRequired")])

    def test_no_target_is_not_a_target(self):
        self.assertEqual(self.inhibited({"alertname": "RdpTargetDown", "group": "rdsh"},
                                        {"alertname": "RdpTargetFlapping", "group": "rdsh"}), [])

    def test_an_expired_certificate_expires_no_more(self):
        names = ["RdpCertificateExpiringVerySoon", "RdpCertificateExpiringSoon", "RdpCertificateRenewalLate",
                 "RdpCertificateRenewalOverdue"]
        address = {"address": "192.0.2.1"}
        self.silences(self.host("RdpCertificateExpired", **address), [self.host(name, **address) for name in names], [
            self.host("RdpCertificateExpiringSoon", address="192.0.2.3"), self.host("RdpCertificateExpiringSoon"),
            self.host("RdpCertificateExpiringSoon", group="vdi", **address),
            self.host("RdpCertificateExpiringSoon", job=self.another_job, **address),
            self.host("RdpCertificateWeak", **address), self.host("RdpTargetDown")])

    def test_a_certificate_of_a_host_without_addresses(self):
        self.silences(self.host("RdpCertificateExpired"), [self.host("RdpCertificateExpiringSoon")],
                      [self.host("RdpCertificateExpiringSoon", address="192.0.2.1")])

    def test_very_soon_is_soon(self):
        address = {"address": "192.0.2.1"}
        self.silences(self.host("RdpCertificateExpiringVerySoon", **address),
                      [self.host("RdpCertificateExpiringSoon", **address)], [
            self.host("RdpCertificateExpiringSoon", address="192.0.2.2"),
            self.host("RdpCertificateExpiringSoon", target="ts02:3389", **address),
            self.host("RdpCertificateExpired", target="ts03:3389", **address),
            self.host("RdpCertificateRenewalLate", **address)])

    def test_overdue_was_late(self):
        self.silences(self.host("RdpCertificateRenewalOverdue"), [self.host("RdpCertificateRenewalLate")], [
            self.host("RdpCertificateRenewalLate", target="ts02:3389"),
            self.host("RdpCertificateRenewalLate", address="192.0.2.1"), self.host("RdpCertificateExpiringSoon")])

    def test_a_missing_shard_silences_the_exporters_that_are_down(self):
        down = {"alertname": "RdpExporterDown", "instance": "watch1:9839"}
        self.silences({"alertname": "RdpExporterShardMissing"}, [down, {**down, "instance": "watch2:9839"}], [
            {**down, "job": self.another_job}, self.host("RdpTargetDown"), {"alertname": "RdpSiteFailing", "site": "fra1"}])


class Notifications(Case):
    """What arrives. Waits are a second, not half a minute."""

    def start(self, text=None):
        self.webhook = self.keep(Webhook())
        waits = {"group_wait": "1s", "group_interval": "1s"}
        path = write_example(self.folder, self.webhook.url, **waits)
        if text is not None:
            path.write_text(with_webhook(text, self.webhook.url, **waits), encoding="utf-8")
        self.alertmanager = self.keep(Alertmanager(self.folder, path, ["--log.level=debug"]))

    def post(self, *alerts):
        """Each a pair of a name and labels."""
        self.alertmanager.post([{"labels": {"alertname": name, "severity": ALERTS[name], "job": "rdpwatch", **labels}}
                                for name, labels in alerts])

    def arrived(self, count):
        """The first messages: receiver, status, the alerts' names, and what they were grouped by."""
        messages = self.webhook.wait_for(lambda arrived: len(arrived) >= count and arrived, 20, f"message {count}")
        return [(one["receiver"], one["status"], [alert["labels"]["alertname"] for alert in one["alerts"]],
                 one["groupLabels"]) for one in messages]

    def test_a_broken_site_is_one_page(self):
        self.start()
        rdsh, vdi = ({"group": group, "site": "fra1", "team": "euc"} for group in ("rdsh", "vdi"))
        hosts = [("RdpTargetDown", {"target": f"{group['group']}{number}:3389", **group})
                 for group in (rdsh, vdi) for number in range(10)]
        self.post(*hosts, ("RdpGroupFailing", rdsh), ("RdpGroupFailing", vdi), ("RdpSiteFailing", {"site": "fra1"}))
        site = ("fra1-pager", "firing", ["RdpSiteFailing"], {"job": "rdpwatch", "site": "fra1"})
        self.assertEqual(self.arrived(1), [site])
        # A host elsewhere, told of a group_wait later: by then the others would have been told of.
        self.post(("RdpTargetDown", {"target": "ts99:3389", **rdsh, "site": "ams2"}))
        other = ("euc-pager", "firing", ["RdpTargetDown"], {"job": "rdpwatch", "site": "ams2", "group": "rdsh"})
        self.assertEqual(self.arrived(2), [site, other])

    def test_hosts_of_a_group_are_one_page(self):
        self.start()
        group = {"group": "rdsh", "site": "fra1", "team": "euc"}
        self.post(*(("RdpTargetDown", {"target": f"ts{number}:3389", **group}) for number in range(3)))
        self.assertEqual(self.arrived(1), [("euc-pager", "firing", ["RdpTargetDown"] * 3,
                                            {"job": "rdpwatch", "site": "fra1", "group": "rdsh"})])

    def test_only_expired_certificates_are_told_of_outside_working_hours(self):
        # Working hours that are over for good.
        text, count = re.subn(r"^      - weekdays:.*\n        times:.*$", "      - years: ['2020']",
                              EXAMPLE.read_text(encoding="utf-8"), flags=re.M)
        self.assertEqual(count, 1)
        self.start(text)
        self.post(("RdpCertificateExpiringSoon", {"target": "ts01:3389", "group": "rdsh", "team": "euc", "site": "fra1"}))
        self.alertmanager.wait_for(lambda: "route is not within active time" in self.alertmanager.log(), 20, "no notification")
        self.assertEqual(self.webhook.notifications, [])
        self.post(("RdpCertificateExpired", {"target": "ts02:3389", "group": "rdsh", "team": "euc", "site": "fra1"}))
        self.assertEqual(self.arrived(1), [("certificates", "firing", ["RdpCertificateExpired"],
                                            {"alertname": "RdpCertificateExpired", "job": "rdpwatch"})])


if __name__ == "__main__":
    main(200)
