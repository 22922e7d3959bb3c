"""Real servers from Debian, in the foreground, each on a loopback address of its own."""

import getpass
import socket
import subprocess
import threading
from pathlib import Path

from harness.process import Child, fresh_address, tool

RDP_PORT = 3389

_XRDP_INI = """[Globals]
ini_version=1
fork=true
port=tcp://{address}:{port}
tcp_nodelay=true
tcp_keepalive=true
security_layer={security_layer}
crypt_level={crypt_level}
certificate={certificate}
key_file={key}
ssl_protocols={ssl_protocols}
{ciphers}
allow_channels=true
max_bpp=32
[Logging]
LogFile={folder}/xrdp.log
LogLevel=INFO
EnableSyslog=false
EnableConsole=false
[Channels]
rdpdr=true
rdpsnd=true
drdynvc=true
cliprdr=true
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
ip=127.0.0.1
port=-1
code=20
"""


def fake_clock(offset):
    """The environment in which a program's clock is that far off; no change for None. The library itself is preloaded, not
    its command, whose wrapper forks: ending it would leave the server behind. A program built with a sanitizer must be
    told that its own library need not come first."""
    if offset is None:
        return {}
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    if library is None:
        raise RuntimeError("libfaketime is missing; deploy/install-packages.sh test installs it")
    return {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "ASAN_OPTIONS": "verify_asan_link_order=0"}


class Server(Child):
    """Something that listens on `address`:`port`."""

    def __init__(self, argv, folder, address, port, env=None):
        self.address, self.port, self.folder = address, port, Path(folder)
        self.target = f"{address}:{port}"
        super().__init__(argv, self.folder / "output.log", env=env)
        try:
            self.wait_listening(address, port)
        except BaseException:
            self.kill()
            raise


class Xrdp(Server):
    """xrdp. Its listen backlog is 2, so a test probes it one at a time."""

    def __init__(self, folder, certificate, security_layer="tls", ssl_protocols="TLSv1.2, TLSv1.3", ciphers=None, key=None,
                 crypt_level="high"):
        folder.mkdir()
        address = fresh_address()
        ini = folder / "xrdp.ini"
        ini.write_text(_XRDP_INI.format(
            address=address, port=RDP_PORT, security_layer=security_layer, crypt_level=crypt_level,
            certificate=certificate.path,
            key=key or certificate.key, ssl_protocols=ssl_protocols, ciphers=f"tls_ciphers={ciphers}" if ciphers else "",
            folder=folder), encoding="utf-8")
        super().__init__([tool("xrdp"), "-n", "-c", ini], folder, address, RDP_PORT)

    def server_log(self):
        return (self.folder / "xrdp.log").read_text(encoding="utf-8", errors="replace")


class Xvfb(Child):
    """The X display that the shadow server mirrors; one serves many. It chooses a free display number itself."""

    def __init__(self, folder):
        folder.mkdir()
        number = folder / "display"
        number.touch()
        super().__init__(["/bin/sh", "-c", 'exec "$0" -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>"$1"',
                          tool("Xvfb"), number], folder / "output.log")
        self.wait_for(lambda: number.read_text(encoding="ascii").endswith("\n"), 20, "a display number")
        self.display = ":" + number.read_text(encoding="ascii").strip()


class Shadow(Server):
    """freerdp-shadow-cli, the one packaged server that speaks Network Level Authentication."""

    def __init__(self, folder, xvfb, options, certificate, clock=None):
        """`clock` moves the time that the server sees, for example "+2h"."""
        own = folder / "freerdp" / "shadow"
        own.mkdir(parents=True)
        (own / "shadow.crt").write_bytes(Path(certificate.path).read_bytes())
        (own / "shadow.key").write_bytes(Path(certificate.key).read_bytes())
        accounts = folder / "sam.txt"
        accounts.write_text(subprocess.run([tool("winpr-hash"), "-u", "alice", "-p", "Secret123", "-f", "sam"],
                                           capture_output=True, text=True, check=True).stdout, encoding="ascii")
        address = fresh_address()
        super().__init__([tool("freerdp-shadow-cli"), f"/port:{RDP_PORT}", f"/bind-address:{address}", *options,
                          f"/sam-file:{accounts}"], folder, address, RDP_PORT,
                         env={"DISPLAY": xvfb.display, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), **fake_clock(clock)})


class Dnsmasq(Server):
    """dnsmasq that answers for the zone lab.test alone; every other question is REFUSED, as it has no upstream. It stays
    the user that runs the tests: its own account could not read their files."""

    ZONE = "lab.test"

    def __init__(self, folder, records):
        folder.mkdir()
        address = fresh_address()
        super().__init__([tool("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                          "--bind-interfaces", f"--listen-address={address}", "--port=5300", "--pid-file=",
                          f"--user={getpass.getuser()}", f"--local=/{self.ZONE}/", *records], folder, address, 5300)


class FailingNameserver:
    """The authoritative server of a zone that can't be served: it answers every question with SERVFAIL (RFC 1035, 4.1.1:
    response, recursion available, RCODE 2), and dnsmasq passes that on."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            question, asker = self.socket.recvfrom(4096)
            self.socket.sendto(question[:2] + bytes([0x81, 0x82]) + question[4:], asker)
