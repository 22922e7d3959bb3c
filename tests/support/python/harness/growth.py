"""What a process holds over time, and whether it grows: the rule that the soaks share."""

import statistics
import threading
import time
from pathlib import Path

# Caches fill up and allocators keep free pages, so that much is no growth: of what was there, and besides that.
TOLERATED_SHARE = 0.05
TOLERATED_BYTES = 1 << 20
TOLERATED_DESCRIPTORS = 4


def anonymous_bytes(pid):
    """Heap and stacks that are resident: without the program's own text and libraries."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no memory any more")


def descriptors(pid):
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def quarter(values, number):
    """The values of that quarter of the time, from 1."""
    size = len(values) / 4
    return values[int((number - 1) * size):int(number * size)]


def memory_growth(samples):
    """(median of the second quarter, median of the last one, the most that the last may be). The first quarter is left out:
    in it everything is there for the first time."""
    before, after = statistics.median(quarter(samples, 2)), statistics.median(quarter(samples, 4))
    return before, after, before * (1 + TOLERATED_SHARE) + TOLERATED_BYTES


def descriptor_growth(samples):
    """The same of descriptors by the fewest of a quarter: what probes and requests under way have open is no growth, and what
    is never closed lifts the fewest too."""
    before, after = min(quarter(samples, 2)), min(quarter(samples, 4))
    return before, after, before + TOLERATED_DESCRIPTORS


def slope(points):
    """The median of the slopes between all pairs of (x, y), after Theil and Sen: a few wild points do not move it."""
    return statistics.median((y2 - y1) / (x2 - x1) for i, (x1, y1) in enumerate(points) for x2, y2 in points[i + 1:] if x2 != x1)


class Watch(threading.Thread):
    """Looks at a process every so many seconds: `times`, `memory` and `descriptors`."""

    def __init__(self, pid, every):
        super().__init__(daemon=True)
        self.pid, self.every, self.ended = pid, every, threading.Event()
        self.times, self.memory, self.descriptors = [], [], []
        self.start()

    def run(self):
        while not self.ended.wait(self.every):
            try:
                memory, open_now = anonymous_bytes(self.pid), descriptors(self.pid)
            except (OSError, AssertionError):
                return  # the process has ended
            self.times.append(time.monotonic())
            self.memory.append(memory)
            self.descriptors.append(open_now)

    def end(self):
        self.ended.set()
        self.join()
