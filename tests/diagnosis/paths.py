"""Where the harness and the programs under test are. Import it first."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support/python"))
# By hand the gate's own build is used; under ctest the variables are set.
os.environ.setdefault("RDPWATCH_BIN", str(ROOT / "build/asan/daemon/rdpwatch"))
os.environ.setdefault("RDPSIM_BIN", str(ROOT / "build/asan/tests/sim/rdpsim"))
