"""Packages of npm: what a lock file names is fetched, or taken from npm's cache, and tools among them are run."""

import subprocess

INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier",
           "--fetch-retries=3", "--fetch-retry-maxtimeout=20000", "--fetch-timeout=60000"]


def run(folder, what, *command, seconds=300):
    """(exit code, output) of a command; says what could not be done when it takes too long or can't be started."""
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as expired:
        raise AssertionError(f"{what}: `{' '.join(command)}` took longer than {seconds} s\n{expired.output or ''}") from expired
    except FileNotFoundError as missing:
        raise AssertionError(f"{what}: there is no {command[0]}; deploy/install-packages.sh node") from missing
    return done.returncode, done.stdout


def must_run(folder, what, *command):
    """The output of a command that has to succeed."""
    code, output = run(folder, what, *command)
    if code != 0:
        raise AssertionError(f"{what}: `{' '.join(command)}` failed with exit code {code}\n{output}")
    return output


def install(folder, name):
    """What the folder's package-lock.json names. `name`: the lock file's in the source tree, for messages."""
    must_run(folder, f"fetching the packages that {name} names from the npm registry", *INSTALL)
