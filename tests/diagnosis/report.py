#!/usr/bin/env python3
"""Plays the corpus, holds what rdpwatch says against the labels, and prints how right it was.

usage: report.py [--all] [--only PATTERN] [--jobs N] [--markdown FILE] [--json FILE] [--command diagnose|probe]

--all         also the scenarios that the test gate leaves out
--only P      only scenarios whose name matches the regular expression
--command     probe: only checks that each scenario breaks as it is meant to
Exit code 1 when a goal is missed; README.md lists the goals."""

import argparse
import concurrent.futures
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import paths  # noqa: F401  First: it says where the harness is.
import corpus
import play
import render
import score
from harness.process import end_with_parent
from stage import LIMIT


def play_once(scenario, command):
    """The verdict on one scenario, which is played in a process of its own: its networks and servers end with it."""
    began = time.monotonic()
    try:
        done = subprocess.run([sys.executable, "-B", play.__file__, scenario.name, f"--command={command}", "--output=json"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT + 60, check=False,
                              preexec_fn=lambda: end_with_parent(signal.SIGTERM))
    except subprocess.TimeoutExpired:
        return score.Verdict(scenario, score.Answer("", error=f"still running after {LIMIT + 60} s"))
    seconds = time.monotonic() - began
    try:
        if done.returncode == play.NOT_PLAYED:
            raise ValueError
        answer = score.read(json.loads(done.stdout), seconds)
    except (ValueError, KeyError):
        answer = score.Answer("", seconds=seconds, error=(done.stderr or done.stdout).strip() or f"exit code {done.returncode}")
    return score.Verdict(scenario, answer)


def run_one(scenario, command):
    """play_once, and once more where the scenario did not break as it was meant: real servers on a busy machine do that
    now and then, and it is no answer of rdpwatch. The report counts it."""
    verdict = play_once(scenario, command)
    if not verdict.broke_as_meant:
        verdict = play_once(scenario, command)
        verdict.answer.plays = 2
    return verdict


def run_all(scenarios, command, jobs):
    """The verdicts, in the corpus's order. Long ones begin first, so that the others run beside them."""
    verdicts = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(run_one, scenario, command): scenario.name
                   for scenario in sorted(scenarios, key=lambda scenario: -scenario.seconds)}
        for future in concurrent.futures.as_completed(waiting):
            verdict = verdicts[waiting[future]] = future.result()
            said = ", ".join(verdict.answer.causes) or verdict.answer.error or "no cause"
            print(f"[{len(verdicts)}/{len(scenarios)}] {verdict.scenario.name}: {verdict.answer.ended}, {said} "
                  f"({verdict.answer.seconds:.1f} s)", file=sys.stderr, flush=True)
    return [verdicts[scenario.name] for scenario in scenarios]


def as_json(verdicts):
    return [{"scenario": verdict.scenario.name, "cause": verdict.scenario.cause, "alike": verdict.scenario.alike,
             "decisive": verdict.scenario.decisive, "ended": verdict.answer.ended, "causes": verdict.answer.causes,
             "likelihoods": verdict.answer.likelihoods, "seconds": round(verdict.answer.seconds, 1),
             "misses": verdict.misses()} for verdict in verdicts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="", metavar="PATTERN")
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--command", choices=("diagnose", "probe"), default="diagnose")
    arguments = parser.parse_args()

    scenarios = [scenario for scenario in corpus.load()
                 if (scenario.gate or arguments.all) and re.search(arguments.only, scenario.name)]
    if not scenarios:
        parser.error(f"no scenario matches {arguments.only}")
    began = time.monotonic()
    verdicts = run_all(scenarios, arguments.command, arguments.jobs)
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(verdicts), indent=1) + "\n", encoding="utf-8")
    if arguments.command == "probe":
        text = render.broken_as_meant(verdicts)
        missed = any(not verdict.broke_as_meant for verdict in verdicts)
    else:
        text = render.report(verdicts, time.monotonic() - began)
        missed = any(verdict.misses() for verdict in verdicts)
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
