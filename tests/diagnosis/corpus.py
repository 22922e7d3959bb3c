"""The labelled scenarios: read from corpus/*.toml and checked. README.md says what each key means."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")
KINDS = ("rdpsim", "real", "netns")
PROGRAMS = ("rdpsim", "xrdp", "shadow", "openssl", "http", "none")

# The ids of the book of causes, in its order.
BOOK = Path(__file__).resolve().parents[2] / "probes/diagnosis/causes.yml"
CAUSES = tuple(re.findall(r"^- id: (\w+)$", BOOK.read_text(encoding="utf-8"), re.M))


@dataclass(frozen=True)
class Scenario:
    name: str
    says: str                                    # what is broken and how it is played, in one sentence
    kind: str                                    # rdpsim, real, netns
    probe: tuple                                 # what a plain probe may end in: "phase/reason", or "ok"
    cause: str = ""                              # the cause that is played; none: the host is healthy
    alike: tuple = ()                            # what looks the same from outside, so that the answer must name it too
    also: tuple = ()                             # what else is true, so that naming it is no mistake
    decisive: bool = False                       # the evidence leaves no doubt: the first answer must be right
    server: dict = field(default_factory=dict)   # the program and its settings
    siblings: int = 0                            # healthy simulated hosts of the same group
    sibling: object = "healthy"                  # what the siblings are, if not that
    elsewhere: int = 0                           # healthy simulated hosts of another group, in another subnet
    namespace: bool = False                      # in a network of its own
    net: tuple = ()                              # ip commands in it
    rules: tuple = ()                            # nftables rules in it
    link: dict = field(default_factory=dict)     # the host is at the far end of a slow link
    dns: tuple = ()                              # records of a DNS server for lab.test
    nameserver: str = ""                         # asked instead, where no DNS server runs
    failing_zone: bool = False                   # the DNS server answers SERVFAIL for broken.test
    target: str = "{host}:{port}"
    module: dict = field(default_factory=dict)   # settings of the module that the host is probed with
    labels: dict = field(default_factory=dict)   # of the host in the inventory
    stopped: bool = False                        # the server is held by SIGSTOP
    occupied: int = 0                            # so many connections of others stand before the probe
    clock: str = ""                              # how far the clock of the machine that probes is off
    seconds: int = 20                            # about how long a diagnosis takes: long ones begin first
    gate: bool = True                            # false: only played by --all

    @property
    def healthy(self):
        return not self.cause

    @property
    def truth(self):
        """All that the answer must name."""
        return (self.cause, *self.alike) if self.cause else ()


def check(scenario):
    """Raises a ValueError with the first fault of the data."""

    def demand(holds, what):
        if not holds:
            raise ValueError(f"scenario {scenario.name}: {what}")

    demand(scenario.kind in KINDS, f"kind {scenario.kind} is none of {KINDS}")
    unknown = set((*scenario.truth, *scenario.also)) - set(CAUSES)
    demand(not unknown, f"unknown causes {sorted(unknown)}")
    demand(scenario.server.get("program") in PROGRAMS, f"the server's program is none of {PROGRAMS}")
    demand(scenario.cause or not (scenario.alike or scenario.decisive or scenario.also), "a healthy host has no causes")
    demand(scenario.cause not in scenario.alike, "alike repeats the cause")
    demand(len(scenario.truth) <= 3, "more causes than the first three places hold")
    demand(scenario.probe and all(end == "ok" or end.count("/") == 1 for end in scenario.probe),
           "probe is 'ok' or 'phase/reason'")
    demand(scenario.namespace or not (scenario.rules or scenario.net or scenario.link),
           "rules, net and link need a namespace")
    demand(scenario.says.endswith("."), "says is a sentence")


def load(folder=FOLDER):
    """All scenarios, in the order of the files. A fault in the data is a ValueError that names the scenario."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"scenario {name} stands twice")
            for key in ("alike", "also", "net", "rules", "dns"):
                table[key] = tuple(table.get(key, ()))
            ends = table.get("probe", ())
            table["probe"] = (ends,) if isinstance(ends, str) else tuple(ends)
            table.setdefault("namespace", table.get("kind") == "netns")
            try:
                found[name] = Scenario(name=name, **table)
            except TypeError as error:
                raise ValueError(f"scenario {name}: {error}") from None
            check(found[name])
    return list(found.values())
