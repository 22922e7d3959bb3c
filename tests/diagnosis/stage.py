"""Plays one scenario: brings up what it names, breaks it, and lets rdpwatch look at it."""

import contextlib
import json
import re
import signal
import socket
import sys

import netns
from harness import certificates, rdpwatch
from harness.process import fresh_address, free_port, tool
from harness.servers import RDP_PORT, Dnsmasq, FailingNameserver, Server, Shadow, Xrdp, Xvfb, fake_clock
from harness.simulator import Simulator

LIMIT = 180  # seconds that one run of rdpwatch may take: a patient look waits for the server's own timer of 60 s


class Stage(contextlib.ExitStack):
    """The parts of a scenario that are up, each of which ends with it."""

    def __init__(self, scenario, folder):
        super().__init__()
        self.scenario, self.folder = scenario, folder
        self.names = {"folder": str(folder), "dead": fresh_address()}
        self.server, self.simulator, self.nameserver = None, None, None
        self.siblings, self.others = [], []  # addresses

    def keep(self, child):
        self.callback(child.kill)
        return child

    def fill(self, value):
        """The same value with {host}, {port} and so on filled in. Braces of nftables and JSON stay."""
        if isinstance(value, str):
            return re.sub(r"\{([a-z]+\d?)\}", lambda match: str(self.names.get(match.group(1), match.group())), value)
        if isinstance(value, dict):
            return {key: self.fill(one) for key, one in value.items()}
        return [self.fill(one) for one in value] if isinstance(value, (list, tuple)) else value

    # ---- servers -------------------------------------------------------------------------------------------

    def start(self):
        if self.scenario.namespace:
            netns.enter()
            for command in self.scenario.net:
                netns.run(command)
        settings = dict(self.scenario.server)
        program = settings.pop("program")
        getattr(self, f"_start_{program}")(**settings)
        if self.simulator is None and (self.siblings or self.others):
            self._simulate({})
        self._start_dns()
        if self.scenario.stopped:
            self.server.signal(signal.SIGSTOP)
        for _ in range(self.scenario.occupied):
            self.enter_context(socket.create_connection((self.names["host"], self.names["port"]), timeout=10))
        if self.scenario.rules:
            netns.filter_packets([self.fill(rule) for rule in self.scenario.rules])

    def _found(self, address, port=RDP_PORT):
        """Remembers where the host is, and gives its siblings the next addresses of its subnet."""
        subnet = address.rpartition(".")[0] if address.startswith("127.") else fresh_address().rpartition(".")[0]
        last = int(address.rpartition(".")[2])
        self.siblings = [f"{subnet}.{(last + number) % 253 + 1}" for number in range(1, self.scenario.siblings + 1)]
        self.others = [fresh_address() for _ in range(self.scenario.elsewhere)]
        self.names |= {"host": address, "port": port, "subnet": f"{subnet}.0/24"}

    def _simulate(self, hosts, **more):
        """rdpsim with these hosts, the siblings and the hosts elsewhere."""
        healthy = {address: self.scenario.sibling for address in (*self.siblings, *self.others)}
        path = self.folder / "scenario.yml"
        path.write_text(json.dumps({"hosts": {**healthy, **hosts}, **more}), encoding="utf-8")
        self.simulator = self.keep(Simulator(self.folder, config=path))

    def _start_rdpsim(self, host="healthy", address=None, hosts=None, full_backlog=False, **more):
        """`host`: a personality or a behaviour; `hosts`: further ones, by their address; `more`: keys of the scenario file."""
        address = netns.THERE if self.scenario.link else address or fresh_address()
        self._found(address)
        served = {address: host, **(hosts or {})}
        if full_backlog:
            self.names["port"] = free_port(address)
            more["full_backlog"] = [{"address": address, "port": self.names["port"]}]
            del served[address]
        if self.scenario.link:
            more["listen"] = [{"address": address, "port": RDP_PORT}]
            with self.keep(netns.Far(self.folder, **self.scenario.link)).inside():
                self._simulate(served, **more)
        else:
            self._simulate(served, **more)
            if not full_backlog:
                self.names["port"] = self.simulator.port
        self.server = self.simulator

    def _certificate(self, settings, name="server"):
        return certificates.make(self.folder, name, **settings)

    def _start_xrdp(self, certificate=None, key=None, **settings):
        """`certificate`: settings of certificates.make, or "absent"; `key`: "absent", or "other" for one of another pair."""
        absent = certificates.Certificate(self.folder / "absent.pem", self.folder / "absent.key")
        pair = absent if certificate == "absent" else self._certificate(certificate or {})
        keys = {None: None, "absent": absent.key, "other": self._certificate({}, "other").key if key == "other" else None}
        self._remember(self.keep(Xrdp(self.folder / "xrdp", pair, key=keys[key], **settings)))

    def _start_shadow(self, options, certificate=None, clock=None):
        xvfb = self.keep(Xvfb(self.folder / "xvfb"))
        self._remember(self.keep(Shadow(self.folder / "shadow", xvfb, options, self._certificate(certificate or {}), clock)))

    def _start_openssl(self):
        pair, address = self._certificate({}), fresh_address()
        self._remember(self.keep(Server([tool("openssl"), "s_server", "-accept", f"{address}:{RDP_PORT}", "-cert", pair.path,
                                         "-key", pair.key, "-quiet"], self.folder, address, RDP_PORT)))

    def _start_http(self):
        address = fresh_address()
        self._remember(self.keep(Server([sys.executable, "-m", "http.server", "--bind", address, "--directory", self.folder,
                                         str(RDP_PORT)], self.folder, address, RDP_PORT)))

    def _start_none(self, address=None):
        self._found(address or fresh_address())

    def _remember(self, server):
        self.server = server
        self._found(server.address, server.port)

    def _start_dns(self):
        if not (self.scenario.dns or self.scenario.failing_zone):
            self.nameserver = self.fill(self.scenario.nameserver)
            return
        records = [self.fill(record) for record in self.scenario.dns]
        if self.scenario.failing_zone:
            records.append(f"--server=/broken.test/127.0.0.1#{FailingNameserver().port}")
        self.nameserver = self.keep(Dnsmasq(self.folder / "dnsmasq", records)).target

    # ---- rdpwatch ------------------------------------------------------------------------------------------

    def target(self):
        return self.fill(self.scenario.target)

    def config(self):
        """The configuration file: group lab with the host and its siblings, group elsewhere, and module lab."""
        def simulated(addresses):
            return [self.simulator.target(address) for address in addresses]

        groups = [{"group": "lab", "module": "lab", "targets": [self.target(), *simulated(self.siblings)],
                   "labels": self.scenario.labels}]
        if self.others:
            groups.append({"group": "elsewhere", "module": "lab", "targets": simulated(self.others)})
        config = {"modules": {"lab": self.fill(self.scenario.module) or {"depth": "tls"}}, "inventory": groups}
        if self.nameserver:
            config["global"] = {"resolver": {"nameservers": [self.nameserver]}}
        path = self.folder / "rdpwatch.yml"
        path.write_text(json.dumps(config), encoding="utf-8")
        return path

    def look(self, command, output="json"):
        """What rdpwatch says: the completed process."""
        environment = fake_clock(self.scenario.clock or None)
        return rdpwatch.run(command, self.target(), f"--config.file={self.config()}", "--module=lab", f"--output={output}",
                            timeout=LIMIT, environment=environment)
