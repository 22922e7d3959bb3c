"""Audits in the daemon: what they leave on the metrics page, and that they cost the hosts no more than was promised."""

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon
from harness.simulator import Simulator, complaints

# 60 connections a minute: two seconds between the questions of an audit, where it would be twelve.
CONFIG = """
global: {{probe_interval: 10s, max_connections_per_minute: 60}}
modules:
  posture: {{depth: nla, server_name: {name}, audit: {{interval: 1h}}}}
inventory:
  - {{group: lab, module: posture, targets: {targets}}}
"""
PAGE = "/metrics/targets"
VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
PROTOCOLS = ("rdp", "ssl", "hybrid", "hybrid_ex", "rdstls")


def own_name(address):
    """What the simulated host at this address calls itself."""
    return address.replace(".", "-") + ".sim"


class Audit(Case):
    def test_two_hosts(self):
        addresses = {"audit_hardened": fresh_address(), "audit_permissive": fresh_address()}
        simulator = self.keep(Simulator(self.folder, {address: name for name, address in addresses.items()}))
        hardened, permissive = (simulator.target(address) for address in addresses.values())
        # The name of one, so that the other is not whom the inventory means.
        name = own_name(addresses["audit_hardened"])
        daemon = self.keep(Daemon(self.folder, CONFIG.format(name=name, targets=f'["{hardened}", "{permissive}"]')))
        scrape = daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_nla_required")) == 2, 90, "two hosts audited",
                                        PAGE)

        self.assertEqual(self.answers(scrape, hardened), {
            "nla_required": 1,
            "protocols": {"rdp": 0, "ssl": 0, "hybrid": 1, "hybrid_ex": 1, "rdstls": 0},
            "versions": {"TLSv1": 0, "TLSv1.1": 0, "TLSv1.2": 1, "TLSv1.3": 1},
            "findings": {"name_mismatch"}})
        self.assertEqual(self.answers(scrape, permissive), {
            "nla_required": 0,
            "protocols": {"rdp": 1, "ssl": 1, "hybrid": 1, "hybrid_ex": 1, "rdstls": 0},
            "versions": {"TLSv1": 1, "TLSv1.1": 1, "TLSv1.2": 1, "TLSv1.3": 1},
            "findings": {"legacy_rdp_security", "nla_not_required", "legacy_tls", "weak_rdp_encryption", "weak_rdp_key",
                         "name_mismatch", "host_name_mismatch"}})
        self.assert_host(scrape, hardened, name, name_mismatch=0)
        self.assert_host(scrape, permissive, own_name(addresses["audit_permissive"]), name_mismatch=1)
        for target in (hardened, permissive):
            self.assertEqual(scrape.value("rdp_probe_success", target=target), 1)
            self.assertEqual(scrape.value("rdp_probe_attempt_failures_total", target=target), 0)

        # No normal probe was left out for an audit, and they go on.
        self.assertEqual(sum(sample.value for sample in daemon.scrape().find("rdpwatch_probes_skipped_total")), 0)
        for target in (hardened, permissive):
            probed = scrape.value("rdp_probes_total", target=target)
            daemon.wait_for_scrape(lambda later: later.value("rdp_probes_total", target=target) > probed, 25,
                                   "probes that go on", PAGE)
        self.assertEqual(daemon.stop(), 0)

        counters = simulator.stats()
        self.assertEqual(complaints(counters), [])
        for host in counters.values():
            self.assertEqual((host["nla_authenticates"], host["session_errors"]), (0, 0))
            self.assertGreaterEqual(host["nla_negotiates"], 2)
            self.assertLessEqual(set(host["requested_protocols"]), {0, 1, 2, 4, 8, 0x0B})

    @staticmethod
    def answers(scrape, target):
        return {
            "nla_required": scrape.value("rdp_nla_required", target=target),
            "protocols": {name: scrape.value("rdp_security_accepts", target=target, protocol=name) for name in PROTOCOLS},
            "versions": {name: scrape.value("rdp_tls_accepts", target=target, version=name) for name in VERSIONS},
            "findings": {sample.labels["finding"] for sample in scrape.find("rdp_finding", target=target)}}

    def assert_host(self, scrape, target, name, name_mismatch):
        """What the module's own depth, nla, says of a simulated host."""
        (info,) = scrape.find("rdp_host_info", target=target)
        self.assertEqual({key: info.labels[key] for key in ("computer", "domain", "os_build", "os_name")},
                         {"computer": name, "domain": "sim", "os_build": "10.0.20348", "os_name": "Windows Server 2022"})
        self.assertAlmostEqual(scrape.value("rdp_host_clock_skew_seconds", target=target), 0, delta=5)
        self.assertEqual(scrape.value("rdp_host_name_mismatch", target=target), name_mismatch)


if __name__ == "__main__":
    main(200)
