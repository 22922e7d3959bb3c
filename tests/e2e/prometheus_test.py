"""A real Prometheus scrapes the daemon; the series of a target that leaves the inventory go stale in it. So it does with the
jobs of the example in deploy/prometheus."""

from harness import examples
from harness.process import Case, fresh_address, main
from harness.prometheus import Prometheus, configuration
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator


class Scraped(Case):
    def test_series_of_a_removed_target_go_stale(self):
        addresses = [fresh_address() for _ in range(2)]
        simulator = self.keep(Simulator(self.folder, {addresses[0]: "healthy", addresses[1]: "reset_after_client_hello"}))
        up, down = map(simulator.target, addresses)

        daemon = self.keep(Daemon(self.folder, lab_config([up, down])))
        prometheus = self.keep(Prometheus(self.folder, configuration({"rdpwatch": [f"127.0.0.1:{daemon.port}"]})))
        prometheus.wait_for_query("rdp_probe_success", {up: 1, down: 0}, 60)
        prometheus.wait_for_query('rdp_probe_failure_reason{phase="tls",reason="connection_reset"}', {down: 1}, 10)
        prometheus.wait_for_query("rdp_cert_not_after_timestamp_seconds > bool time()", {up: 1}, 10)
        self.assertEqual(prometheus.values("up"), {"": 1})

        daemon.reload(lab_config([up]))
        # Without a stale marker the last value would go on for five minutes.
        prometheus.wait_for_query("rdp_probe_success", {up: 1}, 20)
        self.assertEqual(prometheus.values(f'{{target="{down}"}}'), {})
        self.assertEqual(prometheus.values("rdpwatch_config_last_reload_successful"), {"": 1})

    def start_example(self, daemon, *names, change=("", "")):
        """With the example's jobs, these alternatives switched on; scrapes every second, and without rules and Alertmanager."""
        text = examples.choose(examples.prometheus_example(), *names).replace("localhost:9839", f"127.0.0.1:{daemon.port}")
        jobs = text[text.index("scrape_configs:"):].replace(*change)
        return self.keep(Prometheus(self.folder, "global: {scrape_interval: 1s, scrape_timeout: 1s}\n" + jobs))

    def start_daemon(self, settings=""):
        address = fresh_address()
        simulator = self.keep(Simulator(self.folder, {address: "healthy"}))
        target = simulator.target(address)
        return target, self.keep(Daemon(self.folder, lab_config([target]) + settings))

    def test_the_job_of_the_example(self):
        target, daemon = self.start_daemon()
        prometheus = self.start_example(daemon, "rdpwatch")
        prometheus.wait_for_query("count by (target) (rdp_probe_success{job='rdpwatch'})", {target: 1}, 60)

    def test_the_split_jobs_of_the_example(self):
        target, daemon = self.start_daemon("metrics: {targets_on_root: false}\n")
        prometheus = self.start_example(daemon, "rdpwatch-split")
        prometheus.wait_for_query("count by (target) (rdp_probe_success{job='rdpwatch',part=''})", {target: 1}, 60)
        prometheus.wait_for_query("count(rdpwatch_build_info{job='rdpwatch',part=''})", {"": 1}, 20)
        self.assertEqual(prometheus.values("count(rdp_probe_success)"), {"": 1})
        self.assertEqual(prometheus.values("up{job='rdpwatch'}", "part"), {"own": 1, "targets": 1})

    def test_the_parts_of_the_example(self):
        addresses = [fresh_address() for _ in range(6)]
        simulator = self.keep(Simulator(self.folder, dict.fromkeys(addresses, "healthy")))
        targets = list(map(simulator.target, addresses))
        daemon = self.keep(Daemon(self.folder, lab_config(targets) + "metrics: {targets_on_root: false}\n"))
        prometheus = self.start_example(daemon, "rdpwatch-parts", change=("/sd/parts'", "/sd/parts?parts=3'"))
        # Each target once, whichever part it is in, and the part nowhere but on the scrapes' own series.
        prometheus.wait_for_query("count by (target) (rdp_probe_success{job='rdpwatch',part=''})",
                                  dict.fromkeys(targets, 1), 60)
        self.assertEqual(prometheus.values("count(rdp_probe_success)"), {"": 6})
        self.assertEqual(prometheus.values("up{job='rdpwatch'}", "part"), {"own": 1, "0": 1, "1": 1, "2": 1})
        prometheus.wait_for_query("rdpwatch_series{job='rdpwatch',part=''}",
                                  {"": prometheus.values("count({__name__=~'rdp_.+',target!=''})")[""]}, 20)

    def test_the_targets_by_discovery(self):
        target, daemon = self.start_daemon()
        job = f"""
scrape_configs:
  - job_name: fleet
    metrics_path: /-/healthy
    http_sd_configs: [{{url: 'http://127.0.0.1:{daemon.port}/sd'}}]
    relabel_configs:
      - {{source_labels: [__address__], target_label: target}}
      - {{source_labels: [__meta_rdpwatch_module], target_label: module}}
      - {{target_label: __address__, replacement: '127.0.0.1:{daemon.port}'}}
"""
        prometheus = self.keep(Prometheus(self.folder, "global: {scrape_interval: 1s, scrape_timeout: 1s}\n" + job))
        # What /-/healthy says is no metric, so the scrape fails; its own series shows the labels that were discovered.
        prometheus.wait_for_query("count by (target, group, module) (up{job='fleet'})", {target: 1}, 60)
        self.assertEqual(prometheus.values("up{group='lab',module!=''}"), {target: 0})


if __name__ == "__main__":
    main(200)
