"""The daemon as systemd's service: what it says at NOTIFY_SOCKET, and when; its watchdog."""

import contextlib
import ctypes
import os
import re
import signal
import socket

from harness.process import Case, Child, free_port, is_listening, main
from harness.rdpwatch import binary

NOBODY = "inventory: []\n"
PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 17, 0x4206, 0x4207, 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if _libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x} of {thread}")


@contextlib.contextmanager
def held(thread):
    """One thread of another process does not run, as if it hung; by the means of debuggers."""
    ptrace(PTRACE_SEIZE, thread)
    try:
        ptrace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WALL)
        yield
    finally:
        ptrace(PTRACE_DETACH, thread)


class Service(Case):
    def setUp(self):
        super().setUp()
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.systemd.close)
        self.systemd.settimeout(30)
        self.systemd.bind(str(self.folder / "notify"))
        self.config = self.folder / "rdpwatch.yml"

    def start(self, config=NOBODY, watchdog=None):
        self.config.write_text(config, encoding="utf-8")
        self.port = free_port()
        environment = {"NOTIFY_SOCKET": str(self.folder / "notify")}
        if watchdog:
            environment["WATCHDOG_USEC"] = str(watchdog)
        return self.keep(Child([binary(), "serve", f"--config.file={self.config}", f"--web.listen-address=127.0.0.1:{self.port}"],
                               self.folder / "rdpwatch.log", environment))

    def next_message(self, but=""):
        """What systemd is told next; messages that are `but` are passed over."""
        while True:
            message = self.systemd.recv(4096).decode("utf-8")
            if message != but:
                return message

    def test_ready_only_when_it_listens(self):
        daemon = self.start()
        self.assertEqual(self.next_message(), "READY=1\nSTATUS=0 targets")
        self.assertTrue(is_listening("127.0.0.1", self.port))
        daemon.signal(signal.SIGTERM)
        self.assertEqual(self.next_message(), "STOPPING=1\nSTATUS=stopping")
        self.assertEqual(daemon.wait_exit(10), 0)

    def test_not_ready_with_a_bad_configuration(self):
        daemon = self.start("inventory: 5\n")
        self.assertEqual(daemon.wait_exit(10), 1)
        self.systemd.setblocking(False)
        with self.assertRaises(BlockingIOError):
            self.systemd.recv(1)

    def test_a_reload_is_told_from_its_begin_to_its_end(self):
        daemon = self.start()
        self.next_message()
        for config, standing in [("inventory: 5\n", "0 targets; the configuration file is not valid, the one before goes on"),
                                 (NOBODY, "0 targets")]:
            self.config.write_text(config, encoding="utf-8")
            daemon.signal(signal.SIGHUP)
            self.assertRegex(self.next_message(), re.compile(r"^RELOADING=1\nMONOTONIC_USEC=\d+$"))
            self.assertEqual(self.next_message(), f"READY=1\nSTATUS={standing}")

    def test_signs_of_life_while_it_lives_and_none_while_it_is_stopped(self):
        daemon = self.start(watchdog=400_000)
        self.assertEqual(self.next_message(), "READY=1\nSTATUS=0 targets")
        for _ in range(5):
            self.assertEqual(self.next_message(), "WATCHDOG=1")
        daemon.signal(signal.SIGSTOP)
        daemon.wait_for(lambda: "T" in self.state(daemon), 10, "the daemon to be stopped")
        self.drain()
        self.systemd.settimeout(1)
        with self.assertRaises(TimeoutError):
            self.systemd.recv(1)
        daemon.signal(signal.SIGCONT)
        self.systemd.settimeout(30)
        self.assertEqual(self.next_message(), "WATCHDOG=1")

    def test_no_sign_of_life_while_one_thread_hangs(self):
        """Each thread in turn is held, the others run on. The control thread can't name itself."""
        daemon = self.start(watchdog=400_000)
        self.next_message()
        named = 0
        for thread in sorted(int(name) for name in os.listdir(f"/proc/{daemon.pid}/task")):
            self.systemd.settimeout(30)
            self.assertEqual(self.next_message(but="STATUS=0 targets"), "WATCHDOG=1")
            with held(thread):
                if thread != daemon.pid:
                    named += 1
                    daemon.wait_for(lambda: daemon.log().count("a thread does not answer") == named, 10, "the thread to be named")
                self.drain()
                self.systemd.settimeout(1)
                with self.assertRaises(TimeoutError):
                    self.systemd.recv(1)
        told = re.findall(r'a thread does not answer.* thread="?(http|on demand|worker 1)\b', daemon.log())
        self.assertEqual(sorted(told), ["http", "on demand", "worker 1"])
        self.systemd.settimeout(30)
        self.assertEqual(self.next_message(), "WATCHDOG=1")

    @staticmethod
    def state(daemon):
        with open(f"/proc/{daemon.pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0]

    def drain(self):
        self.systemd.setblocking(False)
        try:
            while True:
                self.systemd.recv(4096)
        except BlockingIOError:
            pass


if __name__ == "__main__":
    main(200)
