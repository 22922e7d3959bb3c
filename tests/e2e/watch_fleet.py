"""The monitoring of the end-to-end tests, by hand: starts the simulated fleet, rdpwatch, Prometheus and Alertmanager, breaks
what MonitoringStack.make_trouble breaks (not with --healthy), says on one line where everything is, and stays until it is
interrupted. It needs the same environment as the tests: RDPWATCH_BIN, RDPSIM_BIN, RDPWATCH_SOURCE_DIR, PYTHONPATH."""

import contextlib
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from harness.monitoring import MonitoringStack


def main(healthy):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as cleanups:
        folder = Path(tempfile.mkdtemp(prefix="rdpwatch-fleet-"))
        cleanups.callback(shutil.rmtree, folder, ignore_errors=True)

        def keep(child):
            cleanups.callback(child.kill)
            return child

        stack = MonitoringStack(folder, keep)
        stack.wait_until_known()
        if not healthy:
            stack.make_trouble()
            stack.wait_until_troubled()
        print(json.dumps({"prometheus": stack.prometheus.url, "alertmanager": stack.alertmanager.url, "rdpwatch": stack.daemon.url,
                          "folder": str(folder)}), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main("--healthy" in sys.argv[1:])
