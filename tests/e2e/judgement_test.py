"""The fleet as a whole: the tenth server, a path that failed, a prober that is blind, a host that comes and goes."""

import json
import signal

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon
from harness.simulator import Simulator

TENTH = {"base": "healthy", "fault": {"at": "client_hello", "then": "reset"}}
# Answered and refused in turn: one connection each, and nothing that looks like a ban.
FLAPPING = {"sequence": ["healthy", "failure_3"], "repeat": True}


def subnet():
    """Ten addresses that share a /24 with nobody else's."""
    first_three = fresh_address().rpartition(".")[0]
    return [f"{first_three}.{last}" for last in range(1, 11)]


class Judgement(Case):
    def test_the_tenth_server_a_path_and_a_blind_prober(self):
        farm, branch, office = subnet(), subnet()[:3], [fresh_address() for _ in range(3)]
        flapping = fresh_address()
        hosts = dict.fromkeys(farm + branch + office, "healthy")
        simulator = self.keep(Simulator(self.folder, {**hosts, farm[9]: TENTH, flapping: FLAPPING}))

        def become(changed):
            """The simulated hosts from the next connection on."""
            (self.folder / "scenario.yml").write_text(json.dumps({"hosts": {**hosts, farm[9]: TENTH, flapping: FLAPPING, **changed}}),
                                                      encoding="utf-8")
            simulator.signal(signal.SIGHUP)

        groups = [{"group": name, "targets": [simulator.target(address) for address in addresses]}
                  for name, addresses in (("farm", farm), ("branch", branch), ("office", office), ("flaps", [flapping]))]
        groups[2]["labels"] = {"site": "fra1"}
        daemon = self.keep(Daemon(self.folder, json.dumps({
            "global": {"probe_interval": "10s", "confirm": {"attempts": 1}}, "inventory": groups})))

        daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_probe_success")) == 17, 40, "a result of each")
        become(dict.fromkeys(branch, "failure_3"))
        scrape = daemon.wait_for_scrape(lambda scrape: scrape.find("rdp_target_outlier", dimension="failure")
                                        and scrape.find("rdp_path_failure_members"), 40, "the tenth server, and the branch's path")
        self.assertEqual([(sample.labels["target"], sample.value) for sample in scrape.find("rdp_target_outlier", dimension="failure")],
                         [(simulator.target(farm[9]), 1)], "the members of the path are not blamed one by one")
        self.assertEqual([(sample.labels, sample.value) for sample in scrape.find("rdp_path_failure_members")],
                         [({"scope": "subnet", "name": branch[0].rpartition(".")[0] + ".0/24"}, 3)])
        self.assertEqual((scrape.value("rdpwatch_prober_blind"), scrape.value("rdpwatch_prober_clock_wrong")), (0, 0))
        self.assertRegex(daemon.log(), "it is down, and [0-9] of the [0-9] others in the group are up")

        become(dict.fromkeys(farm + branch + office, "failure_3"))
        scrape = daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_prober_blind") == 1
                                        and not scrape.find("rdp_target_outlier", dimension="failure"), 40, "a blind prober that blames nobody")
        self.assertIn("look at this machine and its network first", daemon.log())

        scrape = daemon.wait_for_scrape(lambda scrape: scrape.find("rdp_target_state", state="flapping"), 40, "a flapping host")
        self.assertEqual([sample.labels["target"] for sample in scrape.find("rdp_target_state", state="flapping")],
                         [simulator.target(flapping)])
        self.assertEqual(scrape.value("rdp_group_targets", group="flaps", state="flapping"), 1)
        self.assertIn("target is flapping", daemon.log())
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    main(250)
