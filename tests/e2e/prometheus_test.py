"""A real Prometheus scrapes the daemon; the series of a target that leaves the inventory go stale in it."""

from harness.process import Case, fresh_address, main
from harness.prometheus import Prometheus
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator


class Scraped(Case):
    def test_series_of_a_removed_target_go_stale(self):
        addresses = [fresh_address() for _ in range(2)]
        simulator = self.keep(Simulator(self.folder, {addresses[0]: "healthy", addresses[1]: "reset_after_client_hello"}))
        up, down = map(simulator.target, addresses)

        daemon = self.keep(Daemon(self.folder, lab_config([up, down])))
        prometheus = self.keep(Prometheus(self.folder, {"rdpwatch": [f"127.0.0.1:{daemon.port}"]}))
        prometheus.wait_for_query("rdp_probe_success", {up: 1, down: 0}, 60)
        prometheus.wait_for_query('rdp_probe_failure_reason{phase="tls",reason="connection_reset"}', {down: 1}, 10)
        prometheus.wait_for_query("rdp_cert_not_after_timestamp_seconds > bool time()", {up: 1}, 10)
        self.assertEqual(prometheus.by_target("up"), {"": 1})

        daemon.reload(lab_config([up]))
        # Without a stale marker the last value would go on for five minutes.
        prometheus.wait_for_query("rdp_probe_success", {up: 1}, 20)
        self.assertEqual(prometheus.by_target(f'{{target="{down}"}}'), {})
        self.assertEqual(prometheus.by_target("rdpwatch_config_last_reload_successful"), {"": 1})


if __name__ == "__main__":
    main(200)
