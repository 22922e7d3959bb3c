"""/probe, as the blackbox exporter's users know it: for the inventory's targets, through the daemon's own limits."""

import socket
import time
import urllib.error
import urllib.parse
import urllib.request

from harness import examples
from harness.process import Case, fresh_address, main
from harness.prometheus import Prometheus
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator

ALLOW = "web: {{probe: {{allow: [{}]}}}}\n"


class Probe(Case):
    def start(self, hosts, inventory, settings="", cap=10):
        addresses = {name: fresh_address() for name in hosts}
        simulator = self.keep(Simulator(self.folder, {address: name for name, address in addresses.items()}))
        targets = {name: simulator.target(address) for name, address in addresses.items()}
        config = lab_config([targets[name] for name in inventory],
                            f"probe_interval: 60s, max_connections_per_minute: {cap}, confirm: {{attempts: 1}}")
        allow = ALLOW.format(", ".join(f'"{targets[name]}"' for name in settings)) if settings else ""
        self.daemon = self.keep(Daemon(self.folder, config + allow))
        self.daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_target_state")) == len(inventory), 60, "the inventory")
        return targets

    def ask(self, headers=None, **parameters):
        """The status, the text and the header of an answer."""
        url = f"{self.daemon.url}/probe?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as response:
                return response.status, response.read().decode("utf-8"), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8"), error.headers

    def test_our_names_and_blackbox_names(self):
        targets = self.start(["healthy", "reset_after_client_hello"], ["healthy", "reset_after_client_hello"])
        status, text, _ = self.ask(target=targets["healthy"], module="tls")
        lines = text.splitlines()
        self.assertEqual(status, 200)
        for line in ("rdp_probe_success 1", "probe_success 1", "probe_ip_protocol 4", "probe_timeout_seconds 10"):
            self.assertIn(line, lines)
        for name in ("probe_duration_seconds ", "probe_ssl_earliest_cert_expiry ", 'probe_tls_version_info{version="TLS 1.',
                     "rdp_cert_not_after_timestamp_seconds "):
            self.assertIn("\n" + name, text)
        self.assertNotIn("target=", text)
        self.assertNotIn("rdpwatch_", text)

        status, text, _ = self.ask(target=targets["reset_after_client_hello"])
        self.assertEqual(status, 200)
        self.assertIn("probe_success 0", text.splitlines())
        self.assertIn('rdp_probe_failure_reason{phase="tls",reason="connection_reset"', text)

    def test_what_is_refused(self):
        targets = self.start(["healthy", "tls_only"], ["healthy"])
        for status, words, parameters in (
                (400, "the parameter target is missing", {}),
                (400, "allowed: host, host:port", {"target": "rdp://x"}),
                (400, "is not known; allowed: licensing, ", {"target": targets["healthy"], "module": "x"}),
                (400, "allowed: true or false", {"target": targets["healthy"], "debug": "1"}),
                (400, "a host name without a port", {"target": targets["healthy"], "hostname": "10.0.0.1"}),
                (403, "web.probe.allow", {"target": "127.0.0.1:22"}),
                (403, "web.probe.allow", {"target": "localhost:22"}),
                (403, "web.probe.allow", {"target": targets["tls_only"]})):
            with self.subTest(parameters):
                got, text, _ = self.ask(**parameters)
                self.assertEqual(got, status, text)
                self.assertIn(words, text)
        for value in ("x", "0.5", "-1", "nan", ""):
            got, text, _ = self.ask({"X-Prometheus-Scrape-Timeout-Seconds": value}, target=targets["healthy"])
            self.assertEqual(got, 200 if value == "" else 400, text)

    def test_the_scrapes_time_without_the_offset_bounds_the_probe(self):
        targets = self.start(["silent"], ["silent"])
        status, text, _ = self.ask({"X-Prometheus-Scrape-Timeout-Seconds": "2"}, target=targets["silent"])
        self.assertEqual(status, 200, text)
        self.assertIn("probe_success 0", text.splitlines())
        self.assertIn("probe_timeout_seconds 1.5", text.splitlines())

    def test_debug_and_what_the_configuration_allows(self):
        targets = self.start(["healthy", "tls_only"], ["healthy"], settings=["tls_only"])
        status, text, _ = self.ask(target=targets["tls_only"], module="negotiate", debug="true")
        self.assertEqual(status, 200)
        for words in ("\nIts result:\n", "\nprobe_success 1\n", '"name": "negotiate"'):
            self.assertIn(words, text)
        self.assertEqual(self.ask(target="127.0.0.1:22")[0], 403)

    def test_the_cap_a_minute_counts_for_it(self):
        targets = self.start(["healthy"], ["healthy"], cap=2)
        began = time.monotonic()
        answers = [self.ask({"X-Prometheus-Scrape-Timeout-Seconds": "5"}, target=targets["healthy"]) for _ in range(3)]
        # The scrape fails, not the host: there is no probe_success in it. And it fails at once, not when its time is over.
        self.assertEqual(answers[-1][0], 429, answers)
        self.assertEqual(answers[-1][2]["Retry-After"], "60")
        self.assertIn("than global.max_connections_per_minute allows", answers[-1][1])
        self.assertLess(time.monotonic() - began, 4)

    def test_a_client_that_goes_away_ends_its_probe(self):
        targets = self.start(["healthy", "silent"], ["healthy"], settings=["silent"])

        def in_flight(count):
            return lambda scrape: scrape.value("rdpwatch_probes_in_flight") == count

        self.daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_probe_success")) == 1, 90, "the scheduled probe")
        with socket.create_connection(("127.0.0.1", self.daemon.port)) as client:
            client.sendall(f"GET /probe?target={targets['silent']} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.daemon.wait_for_scrape(in_flight(1), 4, "the probe to run")
        # The silent host would hold it for the five seconds of a phase.
        self.daemon.wait_for_scrape(in_flight(0), 3, "the probe to end")

    def test_the_job_of_the_example(self):
        targets = self.start(["healthy", "reset_after_client_hello"], ["healthy", "reset_after_client_hello"], cap=60)
        up, down = targets["healthy"], targets["reset_after_client_hello"]
        text = examples.choose(examples.prometheus_example(), "rdp-probe").replace("localhost:9839", self.daemon.url[7:])
        text = text.replace("'ts01.corp.example.com:3389', 'ts02.corp.example.com:3389'", f"'{up}', '{down}'")
        rule = self.folder / "rule.yml"
        rule.write_text("groups: [{name: old, rules: [{alert: ProbeFailed, expr: probe_success == 0}]}]\n", encoding="utf-8")
        prometheus = self.keep(Prometheus(
            self.folder, "global: {scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 1s}\n"
            f"rule_files: ['{rule}']\n" + text[text.index("scrape_configs:"):]))
        prometheus.wait_for_query("probe_success{job='rdp-probe'}", {up: 1, down: 0}, 60)
        prometheus.wait_for_query("ALERTS{alertname='ProbeFailed'}", {down: 1}, 20)


if __name__ == "__main__":
    main(240)
