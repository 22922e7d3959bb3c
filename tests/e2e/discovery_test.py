"""file_sd: targets come and go with their file, without a reload; broken files and mass removals are kept out."""

import json
import os

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon
from harness.simulator import Simulator

CONFIG = """
global: {probe_interval: 10s, confirm: {attempts: 1}}
inventory:
  - group: found
    file_sd: [{files: ["inventory/*.json"], refresh_interval: 1s}]
"""
PAGE = "/metrics/targets"


class Discovery(Case):
    def setUp(self):
        super().setUp()
        self.addresses = [fresh_address() for _ in range(2)]
        self.simulator = self.keep(Simulator(self.folder, {address: "healthy" for address in self.addresses}))
        self.targets = [self.simulator.target(address) for address in self.addresses]
        (self.folder / "inventory").mkdir()

    def write(self, targets, labels=None, name="hosts.json"):
        """As a tool that exports an inventory should: a new file that takes the old one's place."""
        temporary = self.folder / "inventory" / (name + ".new")
        temporary.write_text(json.dumps([{"targets": targets, "labels": labels or {}}]), encoding="utf-8")
        os.replace(temporary, self.folder / "inventory" / name)

    def start(self):
        self.daemon = self.keep(Daemon(self.folder, CONFIG))

    def wait_for_targets(self, targets):
        return self.daemon.wait_for_scrape(lambda scrape: scrape.targets() == set(targets), 15, f"the targets {targets}", PAGE)

    def test_targets_come_and_go_with_their_file(self):
        self.write(self.targets[:1], {"owner_team": "euc"})
        self.start()
        self.wait_for_targets(self.targets[:1])
        self.write(self.targets, {"owner_team": "euc"})
        self.wait_for_targets(self.targets)
        scrape = self.daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_probe_success", owner_team="euc")) == 2, 30,
                                             "both probed", PAGE)
        self.assertEqual([sample.value for sample in scrape.find("rdp_probe_success")], [1, 1])
        self.write(self.targets[1:], {"owner_team": "euc"})
        after = self.wait_for_targets(self.targets[1:])
        self.assertGreaterEqual(after.value("rdp_probes_total", target=self.targets[1]), 1)
        self.daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_targets", source="file_sd") == 1, 5, "the count of 1")

    def test_a_broken_file_keeps_its_last_good_targets(self):
        self.write(self.targets)
        self.start()
        self.wait_for_targets(self.targets)
        (self.folder / "inventory" / "hosts.json").write_text('[{"targets": ["half', encoding="utf-8")
        scrape = self.daemon.wait_for_scrape(
            lambda scrape: (scrape.value("rdpwatch_sd_refresh_failures_total", mechanism="file_sd") or 0) > 0, 15, "the failure")
        self.assertEqual(scrape.targets(), set(self.targets))
        self.write(self.targets[:1])
        self.wait_for_targets(self.targets[:1])

    def test_a_mass_removal_is_held_until_a_reload(self):
        many = [f"{fresh_address()}:3389" for _ in range(30)]
        self.write(many)
        self.start()
        self.wait_for_targets(many)
        self.write(many[:15])
        self.daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_inventory_held_changes") == 1, 15, "the held change")
        self.assertEqual(self.daemon.scrape(PAGE).targets(), set(many))
        self.daemon.reload()
        self.wait_for_targets(many[:15])
        self.assertEqual(self.daemon.scrape().value("rdpwatch_inventory_held_changes"), 0)


if __name__ == "__main__":
    main(240)
