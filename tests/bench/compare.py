#!/usr/bin/env python3
"""Two revisions of the sources by the benchmarks of single parts: what became slower?

usage: tests/bench/compare.py BASE [REVISION] [--filter REGEX] [--rounds 9] [--threshold 10] [--json FILE]

Checks both revisions out into a temporary folder, builds bench_parts of each in Release and runs the two programs in
turns (base, revision, base, revision ...), so that what else goes on on the machine meets both. Compares the medians of
CPU time. The spread is the distance between the quartiles of the rounds in percent of their median, the greater one of
the two revisions'. A benchmark is slower when its time grew by more than the threshold and the spread together.

Ends with 1 when something is slower so, with 2 when there is nothing to compare.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = "bench_parts"
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def give_up(text):
    print(f"compare.py: {text}", file=sys.stderr)
    sys.exit(2)


def outcome_of(command, **more):
    """Exit code, output and errors. When we are interrupted, the command ends with all that it has started."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, **more)
    try:
        output, errors = child.communicate()
    except BaseException:
        os.killpg(child.pid, signal.SIGTERM)
        child.communicate()
        raise
    return child.returncode, output, errors


def run(command, what, **more):
    code, output, _ = outcome_of(command, stderr=subprocess.STDOUT, **more)
    if code != 0:
        give_up(f"{what}:\n" + "\n".join(output.splitlines()[-30:]))
    return output


def git(*arguments, what):
    return run(["git", "-C", str(ROOT), *arguments], what).strip()


def commit_of(revision):
    return git("rev-parse", "--verify", "--quiet", revision + "^{commit}", what=f"git knows of no revision {revision!r}")


def built(commit, source, jobs):
    """The path of that commit's program."""
    git("worktree", "add", "--detach", str(source), commit, what=f"{commit[:12]} can't be checked out")
    # As deep as a preset puts it: an ordinary build with the same cache has compiled most of it already.
    build = source / "build" / "release"
    # Objects that both revisions have in common are compiled once, where ccache is installed.
    environment = dict(os.environ, CCACHE_BASEDIR=str(source), CCACHE_NOHASHDIR="1")
    run(["cmake", "-S", str(source), "-B", str(build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DRDPWATCH_BUILD_TESTS=OFF"],
        f"{commit[:12]} can't be configured", env=environment)
    if f"{TARGET}:" not in run(["cmake", "--build", str(build), "--target", "help"], f"{commit[:12]} has no list of targets"):
        why = "Google Benchmark is not installed" if (source / "tests/bench/parts").is_dir() else "it is older than tests/bench/parts"
        give_up(f"{commit[:12]} has no target {TARGET}: {why}")
    print(f"building {commit[:12]}", file=sys.stderr)
    run(["cmake", "--build", str(build), "--target", TARGET, "--", f"-j{jobs}"], f"{commit[:12]} does not build", env=environment)
    return build / "tests/bench" / TARGET


def measured(program, pattern, seconds):
    """CPU nanoseconds by benchmark, of one run."""
    code, output, errors = outcome_of([str(program), "--benchmark_format=json", f"--benchmark_filter={pattern}",
                                       f"--benchmark_min_time={seconds}"], stderr=subprocess.PIPE)
    if code != 0 or not output.strip():
        give_up(f"{program} failed, or no benchmark matches {pattern!r}:\n{errors[-2000:]}")
    times = {}
    for row in json.loads(output)["benchmarks"]:
        if row.get("error_occurred"):
            give_up(f"{program}: {row['name']}: {row['error_message']}")
        times[row["name"]] = row["cpu_time"] * NANOSECONDS[row["time_unit"]]
    return times


def rounds_of(programs, arguments):
    """For each program, the times of all rounds by benchmark."""
    results = [{} for _ in programs]
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        for program, result in zip(programs, results):
            for name, time in measured(program, arguments.filter, arguments.min_time).items():
                result.setdefault(name, []).append(time)
    return results


def spread_of(times):
    if len(times) < 2:
        return 0.0
    first, _, third = statistics.quantiles(times, n=4, method="inclusive")
    return (third - first) / statistics.median(times)


def compared(base, revision, threshold):
    rows = []
    for name in [*base, *(name for name in revision if name not in base)]:
        row = {"name": name, "base_ns": None, "revision_ns": None, "ratio": None, "spread": None, "slower": False}
        if name in base:
            row["base_ns"] = statistics.median(base[name])
        if name in revision:
            row["revision_ns"] = statistics.median(revision[name])
        if name in base and name in revision:
            row["ratio"] = row["revision_ns"] / row["base_ns"]
            row["spread"] = max(spread_of(base[name]), spread_of(revision[name]))
            row["slower"] = row["ratio"] > 1 + threshold / 100 + row["spread"]
        rows.append(row)
    return rows


def print_table(rows):
    def time(value):
        return "-" if value is None else f"{value:,.1f}"

    width = max(len(row["name"]) for row in rows)
    print(f"{'benchmark':{width}} {'base ns':>16} {'revision ns':>16} {'ratio':>7} {'spread':>7}")
    for row in rows:
        ratio, spread = ("-", "-") if row["ratio"] is None else (f"{row['ratio']:.3f}", f"{100 * row['spread']:.1f} %")
        print(f"{row['name']:{width}} {time(row['base_ns']):>16} {time(row['revision_ns']):>16} {ratio:>7} {spread:>7}"
              + ("  SLOWER" if row["slower"] else ""))


def compare(arguments, sources):
    commits = [commit_of(arguments.base), commit_of(arguments.revision)]
    programs = [built(commit, source, arguments.jobs) for commit, source in zip(commits, sources)]
    base, revision = rounds_of(programs, arguments)
    rows = compared(base, revision, arguments.threshold)
    print_table(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps({"base": commits[0], "revision": commits[1], "rounds": arguments.rounds,
                                              "threshold_percent": arguments.threshold, "load_average": os.getloadavg(),
                                              "benchmarks": rows}, indent=2) + "\n")
    return 1 if any(row["slower"] for row in rows) else 0


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="a git revision")
    parser.add_argument("revision", nargs="?", default="HEAD", help="another one; HEAD by default")
    parser.add_argument("--filter", default=".", help="a regular expression: benchmarks whose names match")
    parser.add_argument("--rounds", type=positive, default=9)
    parser.add_argument("--threshold", type=float, default=10, help="percent")
    parser.add_argument("--min-time", type=float, default=0.1, help="seconds that each benchmark runs at least in a round")
    parser.add_argument("--jobs", type=positive, default=1, help="compilers at a time")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    arguments = parser.parse_args()
    # So that a program that is told to end cleans up as one that is interrupted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="rdpwatch-compare-") as name:
        sources = [Path(name) / "base", Path(name) / "revision"]
        try:
            return compare(arguments, sources)
        except KeyboardInterrupt:
            return 130
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for source in filter(Path.exists, sources):
                subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(source)], check=False)


if __name__ == "__main__":
    sys.exit(main())
