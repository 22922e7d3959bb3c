"""Confirmation, and what hosts may expect of us whatever they do: the pace of connections and how they end."""

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator, complaints

PAGE = "/metrics/targets"


class Pace(Case):
    def test_confirmation(self):
        blip, outage = fresh_address(), fresh_address()
        simulator = self.keep(Simulator(self.folder, {
            blip: {"sequence": ["healthy", {"base": "reset_on_accept", "times": 1}, "healthy"]},
            outage: {"sequence": ["healthy", {"base": "reset_on_accept", "times": 2}, "healthy"]}}))
        daemon = self.keep(Daemon(self.folder, lab_config(map(simulator.target, (blip, outage)),
                                                          "probe_interval: 10s, confirm: {attempts: 2, delay: 1s}")))

        def after_run(address, run):
            target = simulator.target(address)
            scrape = daemon.wait_for_scrape(lambda scrape: scrape.value("rdp_probes_total", target=target) == run, 45,
                                            f"run {run} of {target}", PAGE)
            names = ("rdp_probe_success", "rdp_probe_failures_total", "rdp_probe_attempts_total",
                     "rdp_probe_attempt_failures_total", "rdp_probe_consecutive_failures")
            return tuple(scrape.value(name, target=target) for name in names)

        self.assertEqual(after_run(blip, 2), (1, 0, 3, 1, 0))
        self.assertEqual(after_run(outage, 2), (0, 1, 3, 2, 1))
        self.assertEqual(after_run(outage, 3), (1, 1, 4, 2, 0))
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(complaints(simulator.stats()), [])

    def test_hosts_that_need_several_connections_are_not_hurried(self):
        """The ladder, the fallback to old TLS, confirmations and the runs themselves share the pace of one address."""
        hosts = {fresh_address(): behaviour for behaviour in ("rdp_only", "tls10", "reset_after_client_hello", "tls_only",
                                                              "reset_after_request", "stall_after_client_hello", "slow")}
        simulator = self.keep(Simulator(self.folder, hosts))
        targets = {behaviour: simulator.target(address) for address, behaviour in hosts.items()}
        daemon = self.keep(Daemon(self.folder, lab_config(targets.values())))
        daemon.wait_for_scrape(lambda scrape: {sample.labels["target"]: sample.value >= 2 for sample in
                                               scrape.find("rdp_probes_total")} == dict.fromkeys(targets.values(), True),
                               60, "two runs of each", PAGE)
        scrape = daemon.scrape(PAGE)
        self.assertEqual(scrape.value("rdp_probe_success", target=targets["tls10"]), 1)
        self.assertEqual(scrape.value("rdp_finding", target=targets["tls10"], finding="legacy_tls"), 1)
        self.assertEqual(scrape.value("rdp_probe_failure_reason", target=targets["rdp_only"], phase="negotiate",
                                      reason="protocol_not_allowed"), 1)
        self.assertEqual(scrape.value("rdp_probe_failure_reason", target=targets["stall_after_client_hello"], phase="tls",
                                      reason="timeout"), 1)
        self.assertEqual(daemon.stop(), 0)
        counters = simulator.stats()
        self.assertEqual(complaints(counters), [])
        self.assertEqual(counters[targets["rdp_only"].rpartition(":")[0]]["requested_protocols"][:2], [0x0B, 0])

    def test_the_cap_of_connections_a_minute_wins(self):
        address = fresh_address()
        simulator = self.keep(Simulator(self.folder, {address: "reset_after_client_hello"}))
        daemon = self.keep(Daemon(self.folder, lab_config([simulator.target(address)],
                                                          "probe_interval: 10s, max_connections_per_minute: 3")))
        daemon.wait_for_scrape(lambda scrape: sum(sample.value for sample in scrape.find("rdpwatch_probes_skipped_total")) >= 1,
                               60, "a probe that was not made")
        self.assertLessEqual(simulator.stats()[address]["connections"], 3)


if __name__ == "__main__":
    main(200)
