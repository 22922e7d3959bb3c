#!/usr/bin/env python3
"""Plays one scenario of the corpus and shows what rdpwatch says of it.

usage: play.py SCENARIO [--command diagnose|probe] [--output text|json|markdown]
       play.py --list

The program and rdpsim are those of the variables RDPWATCH_BIN and RDPSIM_BIN, as in all tests; by default build/asan's.
Exit code: rdpwatch's own, or 4 when the scenario could not be played."""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import paths  # noqa: F401  First: it says where the harness is.
import corpus
from stage import Stage

NOT_PLAYED = 4


def play(scenario, command, output):
    folder = Path(tempfile.mkdtemp(prefix="rdpwatch-diagnosis-"))
    try:
        with Stage(scenario, folder) as stage:
            stage.start()
            return stage.look(command, output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end(_number, _frame):
    """SIGTERM unwinds the stack, so that what was started ends."""
    sys.exit(NOT_PLAYED)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?")
    parser.add_argument("--command", choices=("diagnose", "probe"), default="diagnose")
    parser.add_argument("--output", choices=("text", "json", "markdown"), default="text")
    parser.add_argument("--list", action="store_true", help="the names, with what each plays")
    arguments = parser.parse_args()
    scenarios = {scenario.name: scenario for scenario in corpus.load()}
    if arguments.list:
        print("\n".join(f"{scenario.name:34} {scenario.says}" for scenario in scenarios.values()))
        return 0
    if arguments.scenario not in scenarios:
        parser.error(f"no scenario {arguments.scenario}; --list names them")
    signal.signal(signal.SIGTERM, _end)
    try:
        done = play(scenarios[arguments.scenario], arguments.command, arguments.output)
    except Exception as error:  # whatever went wrong in the staging is told to the one who reads the report
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return NOT_PLAYED
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
