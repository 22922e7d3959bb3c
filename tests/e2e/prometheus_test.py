"""A real Prometheus scrapes the daemon; the series of a target that leaves the inventory go stale in it."""

import json
import urllib.parse
import urllib.request

from harness.process import Case, Child, free_port, fresh_address, main, tool
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator

PROMETHEUS = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: rdpwatch
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus(Case):
    def start_prometheus(self, scraped_port):
        self.port = free_port()
        config = self.folder / "prometheus.yml"
        config.write_text(PROMETHEUS.format(port=scraped_port), encoding="utf-8")
        self.prometheus = self.keep(Child(
            [tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{self.port}"], self.folder / "prometheus.log"))
        self.prometheus.wait_listening("127.0.0.1", self.port)

    def query(self, expression):
        """{target: value} of an instant query."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=10) as response:
            series = json.load(response)["data"]["result"]
        return {one["metric"].get("target", ""): float(one["value"][1]) for one in series}

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


if __name__ == "__main__":
    main(200)
