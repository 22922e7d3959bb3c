"""Child processes that are surely ended, and waiting on conditions with a bound."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def end_with_parent(number=signal.SIGKILL):
    """Runs in the child: the kernel sends it this signal when we are killed before we could clean up."""
    _libc.prctl(PR_SET_PDEATHSIG, number)


def tool(name):
    """The path of an external program; a missing one is an error with the way to get it, never a skip."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise RuntimeError(f"{name} is missing; deploy/install-packages.sh test installs it")
    return path


def wait_until(condition, seconds, what, every=0.02):
    """Returns the first true value of condition(); fails with `what` after `seconds`. `every`: seconds between two looks."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(every)


def is_listening(address, port):
    """Whether somebody listens on that IPv4 address and port. Reads the kernel's table: a connection, even one that
    is closed at once, would be counted and logged by the server."""
    wanted = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}:{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        next(table)
        return any(fields[1] == wanted and fields[3] == "0A" for fields in map(str.split, table))


def fresh_address():
    """A loopback address of our own, so that servers of tests that run at the same time never meet. The first two
    numbers keep away from the addresses that examples and the quickstart use."""
    return f"127.{random.randint(64, 254)}.{random.randint(0, 254)}.{random.randint(2, 254)}"


def free_port(address="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Child:
    """A program in the foreground, in a process group of its own, with its output in a file. `keep_open`: descriptors that
    it inherits."""

    def __init__(self, argv, log, env=None, cwd=None, keep_open=()):
        self.argv = [str(part) for part in argv]
        self.log_path = Path(log)
        with open(self.log_path, "ab") as output:
            self.process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=cwd,
                env={**os.environ, **(env or {})}, start_new_session=True, preexec_fn=end_with_parent, pass_fds=keep_open)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def running(self):
        return self.process.poll() is None

    def wait_for(self, condition, seconds, what, every=0.02):
        """wait_until, but an early end of the program fails at once and shows its output."""

        def alive_and_condition():
            if not self.running():
                raise AssertionError(
                    f"{self.argv[0]} ended with {self.process.returncode} while we waited for {said()}:\n{self.log()}")
            return condition()

        def said():
            return what() if callable(what) else what

        return wait_until(alive_and_condition, seconds, lambda: f"{said()}; output so far:\n{self.log()}", every)

    def wait_listening(self, address, port, seconds=20):
        self.wait_for(lambda: is_listening(address, port), seconds, f"listening on {address}:{port}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait_exit(self, seconds):
        """The exit code; fails when the program is still there after `seconds`."""
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.argv[0]} still runs after {seconds} s; output:\n{self.log()}") from None

    def kill(self):
        """Ends the whole group at once. Servers fork, and their children may ignore SIGTERM."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Case(unittest.TestCase):
    """A test case with a folder of its own, and with children that end with the test or with the class."""

    maxDiff = None

    @classmethod
    def class_folder(cls):
        folder = Path(tempfile.mkdtemp(prefix="rdpwatch-test-"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="rdpwatch-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def keep(self, child):
        self.addCleanup(child.kill)
        return child

    @classmethod
    def keep_for_class(cls, child):
        cls.addClassCleanup(child.kill)
        return child


def main(seconds):
    """Runs the tests of the calling file. After `seconds` the test that hangs fails and the cleanups still run."""

    def too_long(_number, _frame):
        raise TimeoutError(f"the whole file took longer than {seconds} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGTERM, too_long)
    signal.alarm(seconds)
    unittest.main(verbosity=2)
