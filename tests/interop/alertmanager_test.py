"""amtool reads the example of deploy/alertmanager: who is told of what, and how it reads."""

import json
import re
import subprocess
from pathlib import Path

import yaml
from harness.alertmanager import alerts_of_the_rules
from harness.process import Case, main, tool

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "deploy/alertmanager/alertmanager.yml"
TEMPLATES = ROOT / "deploy/alertmanager/templates"

# The labels that decide, in the columns of the table below.
PLACES = [{"team": "euc", "site": "fra1"}, {"site": "fra1"}, {"team": "other", "site": "other"}, {}]
# Alert, severity, and its receiver for each of the places.
ROUTES = """
RdpSiteFailing                 critical euc-pager        fra1-pager       oncall-pager     oncall-pager
RdpGroupFailing                critical euc-pager        fra1-pager       oncall-pager     oncall-pager
RdpTargetDown                  critical euc-pager        fra1-pager       oncall-pager     oncall-pager
RdpAddressDown                 warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpTargetFlapping              warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpVantagesDisagree            warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpLatencyOutlier              info     digest           digest           digest           digest
RdpClockSkew                   warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpWrongMachine                warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpNlaStoppedAnswering         warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpCertificateExpired          critical certificates     certificates     certificates     certificates
RdpCertificateExpiringVerySoon critical certificates     certificates     certificates     certificates
RdpCertificateExpiringSoon     warning  certificates     certificates     certificates     certificates
RdpCertificateRenewalLate      info     digest           digest           digest           digest
RdpCertificateRenewalOverdue   warning  certificates     certificates     certificates     certificates
RdpCertificateChanged          warning  certificates     certificates     certificates     certificates
RdpCertificateNameMismatch     warning  certificates     certificates     certificates     certificates
RdpCertificateNotTrusted       warning  certificates     certificates     certificates     certificates
RdpCertificateWeak             warning  certificates     certificates     certificates     certificates
RdpNlaNotRequired              warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpLegacySecurity              warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpTlsBelow12                  warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
RdpFleetUnwatched              critical monitoring-pager monitoring-pager monitoring-pager monitoring-pager
RdpExporterDown                warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpExporterShardMissing        critical monitoring-pager monitoring-pager monitoring-pager monitoring-pager
RdpProberBlind                 critical monitoring-pager monitoring-pager monitoring-pager monitoring-pager
RdpVantageBlind                warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpProberClockWrong            warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpProberLocalErrors           warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpSchedulerLagging            warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpResultsStale                warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpDiscoveryFailing            warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpInventoryChangeHeld         warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpConfigReloadFailed          warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpStorageFailing              warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
RdpSeriesDropped               warning  monitoring-chat  monitoring-chat  monitoring-chat  monitoring-chat
SomebodyElsesPage              critical euc-pager        fra1-pager       oncall-pager     oncall-pager
SomebodyElsesAlert             warning  euc-chat         fra1-chat        oncall-chat      oncall-chat
"""
ROWS = [line.split() for line in ROUTES.split("\n") if line]


def amtool(*arguments):
    done = subprocess.run([tool("amtool"), *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout, done.stderr


class Routes(Case):
    def test_the_example_is_valid(self):
        code, output, errors = amtool("check-config", EXAMPLE)
        self.assertEqual((code, errors), (0, ""), output)
        self.assertIn(" - 1 templates\n", output)

    def test_every_alert_goes_where_the_table_says(self):
        wrong = []
        for name, severity, *receivers in ROWS:
            self.assertEqual(len(receivers), len(PLACES), name)
            for place, receiver in zip(PLACES, receivers):
                labels = {"alertname": name, "severity": severity, "job": "rdpwatch", **place}
                code, output, _ = amtool("config", "routes", "test", f"--config.file={EXAMPLE}",
                                         f"--verify.receivers={receiver}", *(f"{key}={value}" for key, value in labels.items()))
                if (code, output) != (0, f"{receiver}\n"):
                    wrong.append((name, place, output))
        self.assertEqual(wrong, [])

    def test_a_wrong_row_would_be_noticed(self):
        code, output, _ = amtool("config", "routes", "test", f"--config.file={EXAMPLE}", "--verify.receivers=digest",
                                 "alertname=RdpTargetDown", "severity=critical")
        self.assertNotEqual(code, 0)
        self.assertIn("oncall-pager", output)

    def test_no_receiver_is_there_for_nothing(self):
        named = [receiver["name"] for receiver in yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["receivers"]]
        self.assertEqual(sorted(named), sorted({receiver for row in ROWS for receiver in row[2:]}))

    def test_the_table_has_every_alert_of_the_rules(self):
        self.assertEqual(alerts_of_the_rules(), {name: severity for name, severity, *_ in ROWS if name.startswith("Rdp")})


PAGE = """\
2 firing

RdpTargetDown ts01:3389, since 2026-11-22 03:00 UTC
A Remote Desktop host does not answer as a client needs it.
ts01:3389 of group rdsh is down. Phase tls, reason connection_reset; a Remote Desktop client shows 0x904/0x7. Causes: private_key_unreadable (likely).
What to do: https://github.com/example/rdpwatch/blob/main/deploy/runbooks/private_key_unreadable.md
Dashboard: https://grafana.example.com/d/rdp-target?var-job=rdpwatch&var-group=rdsh&var-target=ts01%3A3389

RdpTargetDown ts02:3389, since 2026-11-22 03:00 UTC
A Remote Desktop host does not answer as a client needs it.
ts02:3389 of group rdsh is down. Phase tls, reason connection_reset; a Remote Desktop client shows 0x904/0x7. Causes: private_key_unreadable (likely).
What to do: https://github.com/example/rdpwatch/blob/main/deploy/runbooks/private_key_unreadable.md
Dashboard: https://grafana.example.com/d/rdp-target?var-job=rdpwatch&var-group=rdsh&var-target=ts02%3A3389

1 resolved
RdpTargetDown ts03:3389

Alertmanager: http://alertmanager.example.com:9093
"""


class Templates(Case):
    def alert(self, number, status="firing"):
        target = f"ts{number:02}"
        return {"status": status, "startsAt": "2026-11-22T04:00:00+01:00", "endsAt": "0001-01-01T00:00:00Z",
                "labels": {"alertname": "RdpTargetDown", "target": f"{target}:3389"}, "annotations": {
                    "summary": "A Remote Desktop host does not answer as a client needs it.",
                    "description": f"{target}:3389 of group rdsh is down. Phase tls, reason connection_reset; a Remote Desktop "
                                   "client shows 0x904/0x7. Causes: private_key_unreadable (likely).",
                    "runbook_url": "https://github.com/example/rdpwatch/blob/main/deploy/runbooks/private_key_unreadable.md",
                    "dashboard_url": "https://grafana.example.com/d/rdp-target?var-job=rdpwatch&var-group=rdsh&var-target="
                                     f"{target}%3A3389"}}

    def render(self, text, alerts, common=None):
        data = self.folder / "message.json"
        data.write_text(json.dumps({
            "receiver": "euc-pager", "status": "firing" if any(one["status"] == "firing" for one in alerts) else "resolved",
            "alerts": alerts, "groupLabels": {}, "commonAnnotations": {}, "externalURL": "http://alertmanager.example.com:9093",
            "commonLabels": {"group": "rdsh", "site": "fra1"} if common is None else common}), encoding="utf-8")
        code, output, errors = amtool("template", "render", f"--template.glob={TEMPLATES}/*.tmpl", f"--template.text={text}",
                                      "--template.type=text", f"--template.data={data}")
        self.assertEqual((code, errors), (0, ""))
        return output

    def template(self, name, alerts, common=None):
        return self.render(f'{{{{ template "rdpwatch.{name}" . }}}}', alerts, common)

    def test_a_page(self):
        alerts = [self.alert(3, "resolved"), self.alert(1), self.alert(2)]
        self.assertEqual(self.template("body", alerts).rstrip("\n"), PAGE.rstrip("\n"))
        self.assertEqual(self.template("subject", alerts).strip(),
                         "[FIRING] RdpTargetDown ts01:3389 and 1 more, group rdsh, site fra1")
        self.assertEqual(self.template("runbook", alerts).strip(), alerts[1]["annotations"]["runbook_url"])
        self.assertEqual(self.template("dashboard", alerts).strip(), alerts[1]["annotations"]["dashboard_url"])

    def test_a_long_page(self):
        body = self.template("body", [self.alert(number) for number in range(1, 41)])
        self.assertEqual(re.findall(r"^RdpTargetDown (ts\d+)", body, re.M), ["ts01", "ts02", "ts03", "ts04", "ts05"])
        self.assertTrue(body.startswith("40 firing\n"))
        self.assertIn("\n... and 35 more.\n", body)

    def test_the_end_of_a_long_page(self):
        alerts = [self.alert(number, "resolved") for number in range(1, 8)]
        self.assertEqual(self.template("subject", alerts).strip(),
                         "[RESOLVED] RdpTargetDown ts01:3389 and 6 more, group rdsh, site fra1")
        body = self.template("body", alerts)
        self.assertIn("7 resolved\nRdpTargetDown ts01:3389\n", body)
        self.assertIn("RdpTargetDown ts05:3389\n... and 2 more.\n", body)
        self.assertEqual(self.template("dashboard", alerts).strip(), alerts[0]["annotations"]["dashboard_url"])

    def test_a_site(self):
        alert = {**self.alert(1), "labels": {"alertname": "RdpSiteFailing", "site": "fra1"}}
        self.assertEqual(self.template("subject", [alert], {"site": "fra1"}).strip(), "[FIRING] RdpSiteFailing, site fra1")

    def test_every_template_of_the_receivers_can_be_rendered(self):
        used = re.findall(r"'(\{\{.*?\}\})'", EXAMPLE.read_text(encoding="utf-8"))
        self.assertGreater(len(used), 8)
        for text in used:
            self.assertNotEqual(self.render(text, [self.alert(1)]).strip(), "", text)


if __name__ == "__main__":
    main(250)
