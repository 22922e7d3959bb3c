"""A network of this process's own: interfaces, routes, nftables rules and a slow link that nobody else sees.

The namespaces have no name and end with the last process in them, so nothing can be left behind, however a run ends."""

import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

from harness.process import Child, tool

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
HERE, THERE = "10.77.0.1", "10.77.0.2"  # the two ends of a link

_libc = ctypes.CDLL(None, use_errno=True)


class Lacking(RuntimeError):
    """This machine can't do what a scenario needs; the text says what is missing."""


def _unshare(flags):
    if _libc.unshare(flags) != 0:
        raise Lacking("no network namespace of our own: unshare failed with "
                      f"'{os.strerror(ctypes.get_errno())}'; this needs root or unprivileged user namespaces")


def run(command):
    """A command line without a shell, in the present namespace."""
    words = command.split()
    done = subprocess.run([tool(words[0]), *words[1:]], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Lacking(f"'{command}' failed: {done.stderr.strip()}")
    return done.stdout


def enter():
    """Moves this process, and all that it starts from now on, into a new network with nothing but loopback. An ordinary
    user gets a user namespace as well, in which he is root; that works only while the process has one thread."""
    if os.geteuid() == 0:
        _unshare(CLONE_NEWNET)
    else:
        user, group = os.getuid(), os.getgid()
        _unshare(CLONE_NEWUSER | CLONE_NEWNET)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
    loopback_up()


def loopback_up():
    """Packets of Ethernet's size, and one segment in each: with segmentation offload a rule on a packet's length would see
    several segments as one packet, larger than any that a network carries."""
    run("ip link set lo mtu 1500 gso_max_segs 1 up")


def filter_packets(rules):
    """nftables rules for what arrives. On loopback a packet of either direction arrives exactly once."""
    table = ["table inet diagnosis {", "chain arriving {", "type filter hook input priority 0; policy accept;", *rules, "}", "}"]
    done = subprocess.run([tool("nft"), "-f", "-"], input="\n".join(table) + "\n", capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise Lacking(f"nftables does not take the rules {rules}: {done.stderr.strip()}")


class Far:
    """A second network namespace, behind a link with a delay and losses of its own."""

    def __init__(self, folder, delay_ms=0.0, jitter_ms=0.0, loss_percent=0.0):
        with self._there(new=True):
            loopback_up()
        script = Path(__file__).with_name("link.py")
        numbers = (self._descriptor, delay_ms, jitter_ms, loss_percent)
        self.link = Child([sys.executable, "-B", script, *numbers], Path(folder) / "link.log", keep_open=(self._descriptor,))
        self.link.wait_for(lambda: "ready" in self.link.log(), 10, "the link")
        run(f"ip addr add {HERE}/32 peer {THERE}/32 dev near")
        run("ip link set near up mtu 1500")
        with self.inside():
            run(f"ip addr add {THERE}/32 peer {HERE}/32 dev far")
            run("ip link set far up mtu 1500")

    @contextlib.contextmanager
    def _there(self, new=False):
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            if new:
                _unshare(CLONE_NEWNET)
                self._descriptor = os.open("/proc/self/ns/net", os.O_RDONLY)
            elif _libc.setns(self._descriptor, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            yield
        finally:
            _libc.setns(home, CLONE_NEWNET)
            os.close(home)

    def inside(self):
        """What is started within this context lives at the far end."""
        return self._there()

    def kill(self):
        self.link.kill()
        os.close(self._descriptor)
