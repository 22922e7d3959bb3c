"""A fleet of simulated hosts as a company might have it: eight groups on six sites, with names, certificates and answers to
NLA of their own. All are up at first; what is wrong with a host's certificate or security is wrong from the beginning."""

from dataclasses import dataclass

from harness.process import fresh_address
from harness.servers import Dnsmasq

RESETS = {"fault": {"at": "client_hello", "then": "reset"}}
REFUSES = {"fault": {"at": "request", "then": "close"}}
AUTHORITY = {"corp": {"common_name": "Example Corp Issuing CA"}}


@dataclass
class Group:
    name: str
    site: str
    team: str
    platform: str
    size: int = 5
    module: str = "posture"
    issuer: str = ""             # of the certificates: an authority; none: self-signed
    addresses_per_name: int = 1  # more than one: expand_addresses
    discovered: bool = False     # its hosts are in a file of file_sd, not in the configuration

    def labels(self):
        return {"site": self.site, "team": self.team, "platform": self.platform}


GROUPS = (
    Group("rdsh-lon", "lon1", "euc", "vmware", size=10),
    Group("rdsh-fra", "fra1", "euc", "azure"),
    Group("vdi-fra", "fra1", "vdi", "azure", issuer="corp"),
    Group("rdsh-ams", "ams1", "euc", "vmware", size=6),
    Group("gateway-ams", "ams1", "vdi", "vmware", size=1, issuer="corp", addresses_per_name=3),
    Group("servers-par", "par1", "servers", "hyperv", size=12, issuer="corp"),
    Group("kiosk-ber", "ber1", "servers", "hyperv", size=2, module="licensing"),
    # More hosts than any panel may draw, found in a file. Without audits, which would take their time.
    Group("vdi-dub", "dub1", "vdi", "vmware", size=60, module="nla", discovered=True),
)

# What makes some hosts special: changes to the behaviour of a healthy one.
SPECIAL = {
    "rdsh-ams-04": {"latency": "300ms"},
    "rdsh-ams-05": {"tls": {"max_version": "TLS12"}, "nla": {"build": "10.0.17763"}, "certificate": {"issuer": "corp"}},
    "servers-par-01": {"certificate": {"days_left": 5}},
    "servers-par-02": {"certificate": {"days_left": 15}},
    "servers-par-03": {"certificate": {"days_left": -3}},
    "servers-par-04": {"base": "tls10", "certificate": {"key": "rsa1024", "digest": "sha1"}},
    "servers-par-05": {"base": "audit_permissive"},
    "servers-par-06": {"base": "healthy"},
    "servers-par-07": {"nla": {"clock_offset": "2h"}},
    "servers-par-08": {"certificate": {"issuer": "", "days_left": 5}},
    "servers-par-09": {"nla": {"netbios_computer": "OLD-NAME", "dns_computer": "old-name.lab.test"}},
    "servers-par-10": {"certificate": {"common_name": "old-name.lab.test", "sans": ["old-name.lab.test"]}},
    "kiosk-ber-01": {"base": "session_valid_client"},
    "kiosk-ber-02": {"base": "session_valid_client"},
}

# The alerts that these deserve, sooner or later.
DESERVED = {
    "rdsh-ams-04": {"RdpLatencyOutlier"},
    "servers-par-01": {"RdpCertificateExpiringVerySoon"},
    "servers-par-02": {"RdpCertificateExpiringSoon"},
    "servers-par-03": {"RdpCertificateExpired"},
    "servers-par-04": {"RdpCertificateWeak", "RdpTlsBelow12", "RdpNlaNotRequired", "RdpLegacySecurity"},
    "servers-par-05": {"RdpNlaNotRequired", "RdpLegacySecurity", "RdpTlsBelow12"},
    "servers-par-06": {"RdpNlaNotRequired", "RdpLegacySecurity"},
    "servers-par-07": {"RdpClockSkew"},
    "servers-par-08": {"RdpCertificateRenewalLate"},
    "servers-par-09": {"RdpWrongMachine"},
    "servers-par-10": {"RdpCertificateNameMismatch"},
    "kiosk-ber-01": {"RdpNlaNotRequired"},
    "kiosk-ber-02": {"RdpNlaNotRequired"},
}


@dataclass
class Host:
    name: str  # short
    group: Group
    addresses: list

    @property
    def full_name(self):
        return f"{self.name}.{Dnsmasq.ZONE}"

    def healthy(self):
        """What rdpsim is told of the host as it should be: as Windows with a certificate in its own name."""
        return {"base": "nla_required", "latency": "2ms",
                "certificate": {"common_name": self.full_name, "sans": [self.full_name], "issuer": self.group.issuer, "days_left": 150},
                "nla": {"netbios_computer": self.name.upper(), "netbios_domain": "LAB", "dns_computer": self.full_name,
                        "dns_domain": Dnsmasq.ZONE, "dns_forest": Dnsmasq.ZONE}}


def changed(behaviour, changes):
    """The behaviour with these keys changed, within its maps too."""
    made = dict(behaviour)
    for key, value in changes.items():
        made[key] = changed(made[key], value) if isinstance(value, dict) and isinstance(made.get(key), dict) else value
    return made


class SimulatedFleet:
    """What the simulator, the name server and the daemon are to be told. `hosts`: by short name."""

    def __init__(self):
        first, second, *_ = fresh_address().split(".")
        self.hosts, self._wrong = {}, {}
        for third, group in enumerate(GROUPS):
            for number in range(1, group.size + 1):
                base = (number - 1) * group.addresses_per_name
                addresses = [f"{first}.{second}.{third}.{base + last}" for last in range(1, group.addresses_per_name + 1)]
                name = f"{group.name}-{number:02}"
                self.hosts[name] = Host(name, group, addresses)

    def of_group(self, group):
        return [name for name, host in self.hosts.items() if host.group.name == group]

    def of_site(self, site):
        return [name for name, host in self.hosts.items() if host.group.site == site]

    def change(self, name, changes, addresses=None):
        """The host differs so from how it began, or only these of its addresses do."""
        for address in addresses or self.hosts[name].addresses:
            self._wrong[address] = changes

    def repair(self, name):
        for address in self.hosts[name].addresses:
            self._wrong.pop(address, None)

    def scenario(self):
        """rdpsim's scenario file as of now."""
        hosts = {}
        for host in self.hosts.values():
            own = changed(host.healthy(), SPECIAL.get(host.name, {}))
            hosts.update({address: changed(own, self._wrong.get(address, {})) for address in host.addresses})
        return {"authorities": AUTHORITY, "hosts": hosts}

    def dns_records(self):
        """dnsmasq's options for the names."""
        return [f"--host-record={host.full_name},{address}" for host in self.hosts.values() for address in host.addresses]

    def targets(self, group, port, without=()):
        return [f"{self.hosts[name].full_name}:{port}" for name in self.of_group(group.name) if name not in without]

    def discovery_files(self, port):
        """{file name: its targets}, for file_sd."""
        return {f"{group.name}.json": [{"targets": self.targets(group, port)}] for group in GROUPS if group.discovered}

    def daemon_config(self, nameserver, port, discovery, without=()):
        """rdpwatch's configuration, without these hosts. `port`: the simulator's; `discovery`: the folder of the discovery
        files. One attempt a run and no back-off, so that a host that broke or was repaired is seen at its next probe; many
        connections a minute, so that audits are soon done."""
        groups = []
        for group in GROUPS:
            made = {"group": group.name, "module": group.module, "labels": group.labels(), "expand_addresses": group.addresses_per_name > 1}
            if group.discovered:
                made["file_sd"] = [{"files": [f"{discovery}/*.json"], "refresh_interval": "1s"}]
            else:
                made["targets"] = self.targets(group, port, without)
            groups.append(made)
        return {"global": {"probe_interval": "10s", "confirm": {"attempts": 1}, "max_backoff": "0s", "max_connections_per_minute": 60,
                           "labels": {"vantage": "lab1"}, "resolver": {"nameservers": [nameserver]}},
                "modules": {"posture": {"depth": "nla", "audit": {"interval": "1h"}}},
                "inventory": groups}
