"""rdpsim, the simulated RDP hosts: one process, any number of loopback addresses, one port."""

import json
import os
import re
import signal

from harness.process import Child


class Simulator(Child):
    """Serves `hosts`, {address: what tests/sim/README.md allows for a host}, or the scenario file `config`."""

    def __init__(self, folder, hosts=None, config=None):
        if config is None:
            config = folder / "scenario.yml"
            config.write_text(json.dumps({"hosts": hosts}), encoding="utf-8")
        self.config_path = config
        self.stats_path = folder / "simulator-stats.json"
        super().__init__([os.environ["RDPSIM_BIN"], f"--config={config}", "--port=0", f"--stats-file={self.stats_path}"],
                         folder / "rdpsim.log")
        try:
            ready = self.wait_for(lambda: re.search(r"ready on 127\.0\.0\.0/8, port (\d+)", self.log()), 30, "rdpsim to be ready")
        except BaseException:
            self.kill()
            raise
        self.port = int(ready.group(1))

    def target(self, address):
        return f"{address}:{self.port}"

    def reload(self, hosts):
        """Other hosts from now on; open connections go on as they began."""
        self.config_path.write_text(json.dumps({"hosts": hosts}), encoding="utf-8")
        self.signal(signal.SIGHUP)

    def _snapshot(self):
        try:
            return json.loads(self.stats_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"snapshot": 0}

    def stats(self):
        """{address: counters} as of now."""
        last = self._snapshot()["snapshot"]
        self.signal(signal.SIGUSR1)
        self.wait_for(lambda: self._snapshot()["snapshot"] > last, 10, "the counters")
        return self._snapshot()["hosts"]


def complaints(counters):
    """What hosts with these counters may complain of: we promise one connection at a time, a second apart, closed in an
    orderly way, and always the same cookie. (10 ms for the clocks and threads in between.)"""
    found = []
    for address, host in counters.items():
        if host["max_open"] > 1:
            found.append(f"{address}: {host['max_open']} connections at once")
        if host.get("min_spacing_ms", 1000) < 990:
            found.append(f"{address}: two connections within {host['min_spacing_ms']} ms")
        for counter in ("reset_by_client", "timed_out", "bad_requests"):
            if host[counter] > 0:
                found.append(f"{address}: {counter} is {host[counter]}")
        if host.get("last_cookie", "rdpwatch") != "rdpwatch":
            found.append(f"{address}: cookie {host['last_cookie']}")
    return found
