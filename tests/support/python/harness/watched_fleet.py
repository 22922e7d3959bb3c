"""The simulated fleet, a name server that knows its names, and a daemon that watches it."""

import json
import signal

from harness.rdpwatch import Daemon
from harness.servers import Dnsmasq
from harness.simulated_fleet import REFUSES, RESETS, SimulatedFleet
from harness.simulator import Simulator


class WatchedFleet:
    """`keep` sees to it that what it is given is ended: Case.keep, or Case.keep_for_class. `fleet`: another than the usual."""

    def __init__(self, folder, keep, fleet=None):
        self.folder, self.keep = folder, keep
        self.fleet = fleet or SimulatedFleet()
        self.names = keep(Dnsmasq(folder / "names", self.fleet.dns_records()))
        self.scenario_path = folder / "scenario.yml"
        self._write_scenario()
        self.simulator = keep(Simulator(folder, config=self.scenario_path))
        self.discovery = folder / "discovery"
        self._write_discovery_files()
        self.daemon = keep(Daemon(folder, self.config()))

    def config(self, without=()):
        nameserver = f"{self.names.address}:{self.names.port}"
        config = self.fleet.daemon_config(nameserver, self.simulator.port, self.discovery, without)
        return json.dumps(config | {"storage": {"path": str(self.folder / "state.db")}})

    def target(self, name):
        """The label of the host with this short name."""
        return f"{self.fleet.hosts[name].full_name}:{self.simulator.port}"

    def _write_scenario(self):
        self.scenario_path.write_text(json.dumps(self.fleet.scenario()), encoding="utf-8")

    def _write_discovery_files(self):
        self.discovery.mkdir()
        for name, content in self.fleet.discovery_files(self.simulator.port).items():
            (self.discovery / name).write_text(json.dumps(content), encoding="utf-8")

    def apply(self):
        """The simulated hosts are as the fleet says from the next connection on."""
        self._write_scenario()
        self.simulator.signal(signal.SIGHUP)

    def restart_daemon(self):
        """Another process in its place, which knows of before what the state file has."""
        code = self.daemon.stop()
        if code != 0:
            raise AssertionError(f"the daemon ended with {code}: {self.daemon.log()}")
        self.daemon = self.keep(Daemon(self.folder, self.config(), port=self.daemon.port))

    def make_trouble(self):
        """Whatever can break at once: the tenth server, a site as a whole, one address of three, a certificate that changes, a
        discovery file that was written by half."""
        self.fleet.change("rdsh-lon-10", RESETS)
        for name in self.fleet.of_site("fra1"):
            self.fleet.change(name, REFUSES)
        self.fleet.change("gateway-ams-01", RESETS, self.fleet.hosts["gateway-ams-01"].addresses[:1])
        self.fleet.change("servers-par-12", {"certificate": {"issuer": "", "serial": 4711}})
        self.apply()
        (self.discovery / "half.json").write_text('[{"targets": ["half', encoding="utf-8")
