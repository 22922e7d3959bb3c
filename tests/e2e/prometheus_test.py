"""A real Prometheus scrapes the daemon; the series of a target that leaves the inventory go stale in it. So it does with the
jobs of the example in deploy/prometheus."""

import json
import urllib.parse
import urllib.request

from harness import examples
from harness.process import Case, Child, free_port, fresh_address, main, tool
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator

PROMETHEUS = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: rdpwatch
    static_configs: [{targets: ["localhost:9839"]}]
"""


class Prometheus(Case):
    def start_prometheus(self, scraped_port, text=PROMETHEUS):
        """`text`: a configuration that scrapes localhost:9839, which is replaced."""
        self.port = free_port()
        config = self.folder / "prometheus.yml"
        config.write_text(text.replace("localhost:9839", f"127.0.0.1:{scraped_port}"), encoding="utf-8")
        self.prometheus = self.keep(Child(
            [tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{self.port}"], self.folder / "prometheus.log"))
        self.prometheus.wait_for(lambda: "Server is ready to receive web requests" in self.prometheus.log(), 60, "readiness")

    def query(self, expression, label="target"):
        """{the label's value: value} of an instant query."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=10) as response:
            series = json.load(response)["data"]["result"]
        return {one["metric"].get(label, ""): float(one["value"][1]) for one in series}

    def wait_for_query(self, expression, expected, seconds):
        self.prometheus.wait_for(lambda: self.query(expression) == expected, seconds,
                                 f"{expression} = {expected}, last {self.query(expression)}")

    def test_series_of_a_removed_target_go_stale(self):
        addresses = [fresh_address() for _ in range(2)]
        simulator = self.keep(Simulator(self.folder, {addresses[0]: "healthy", addresses[1]: "reset_after_client_hello"}))
        up, down = map(simulator.target, addresses)

        daemon = self.keep(Daemon(self.folder, lab_config([up, down])))
        self.start_prometheus(daemon.port)
        self.wait_for_query("rdp_probe_success", {up: 1, down: 0}, 60)
        self.wait_for_query('rdp_probe_failure_reason{phase="tls",reason="connection_reset"}', {down: 1}, 10)
        self.wait_for_query("rdp_cert_not_after_timestamp_seconds > bool time()", {up: 1}, 10)
        self.assertEqual(self.query("up"), {"": 1})

        daemon.reload(lab_config([up]))
        # Without a stale marker the last value would go on for five minutes.
        self.wait_for_query("rdp_probe_success", {up: 1}, 20)
        self.assertEqual(self.query(f'{{target="{down}"}}'), {})
        self.assertEqual(self.query("rdpwatch_config_last_reload_successful"), {"": 1})

    def example(self, *names):
        """The example's jobs, these alternatives switched on; scraped every second, and without rules and Alertmanager."""
        text = examples.choose(examples.prometheus_example(), *names)
        return "global: {scrape_interval: 1s, scrape_timeout: 1s}\n" + text[text.index("scrape_configs:"):]

    def start_daemon(self, settings=""):
        address = fresh_address()
        simulator = self.keep(Simulator(self.folder, {address: "healthy"}))
        target = simulator.target(address)
        return target, self.keep(Daemon(self.folder, lab_config([target]) + settings))

    def test_the_job_of_the_example(self):
        target, daemon = self.start_daemon()
        self.start_prometheus(daemon.port, self.example("rdpwatch"))
        self.wait_for_query("count by (target) (rdp_probe_success{job='rdpwatch'})", {target: 1}, 60)

    def test_the_split_jobs_of_the_example(self):
        target, daemon = self.start_daemon("metrics: {targets_on_root: false}\n")
        self.start_prometheus(daemon.port, self.example("rdpwatch-split"))
        self.wait_for_query("count by (target) (rdp_probe_success{job='rdpwatch',part=''})", {target: 1}, 60)
        self.wait_for_query("count(rdpwatch_build_info{job='rdpwatch',part=''})", {"": 1}, 20)
        self.assertEqual(self.query("count(rdp_probe_success)"), {"": 1})
        self.assertEqual(self.query("up{job='rdpwatch'}", "part"), {"own": 1, "targets": 1})


if __name__ == "__main__":
    main(200)
