"""What `cmake --install` installs: all of it is there, and each thing is of use where it lies."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree
from harness.process import tool

UNIT = tree.ROOT / "deploy/systemd/rdpwatch.service"
HIGHEST_EXPOSURE = 1.5


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="rdpwatch-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        run(tool("cmake"), "--install", os.environ["RDPWATCH_BUILD_DIR"], env={**os.environ, "DESTDIR": str(cls.folder)})
        cls.prefix = cls.folder / "usr/local"

    def test_everything_is_there(self):
        made = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        expected = {
            "bin/rdpwatch", "etc/default/rdpwatch", "etc/rdpwatch/rdpwatch.yml", "lib/systemd/system/rdpwatch.service",
            "lib/sysusers.d/rdpwatch.conf", "share/bash-completion/completions/rdpwatch",
            "share/doc/rdpwatch/FOOTPRINT.md", "share/doc/rdpwatch/README.md", "share/doc/rdpwatch/examples/example-ca.pem",
            "share/doc/rdpwatch/examples/example.yml", "share/doc/rdpwatch/examples/prometheus.yml",
            "share/doc/rdpwatch/examples/web-credentials.conf", "share/fish/vendor_completions.d/rdpwatch.fish",
            "share/man/man1/rdpwatch.1", "share/rdpwatch/openapi.yml", "share/zsh/vendor-completions/_rdpwatch"}
        for source, place in [("deploy/prometheus/rules", "rules"), ("deploy/alertmanager", "alertmanager"),
                              ("deploy/runbooks", "runbooks")]:
            expected |= {f"share/rdpwatch/{place}/{path.relative_to(tree.ROOT / source)}"
                         for path in (tree.ROOT / source).rglob("*") if path.is_file()}
        expected |= {f"share/rdpwatch/dashboards/{path.name}" for path in (tree.ROOT / "dashboards").glob("rdp-*.json")}
        self.assertEqual(made, expected)

    def test_the_configuration_is_valid(self):
        path = self.prefix / "etc/rdpwatch/rdpwatch.yml"
        self.assertEqual(run(self.prefix / "bin/rdpwatch", "check-config", path), f"{path}: 0 targets in 0 groups, 5 modules\n")

    def test_the_configuration_is_valid_with_its_comments_taken_as_settings(self):
        """Whoever takes the hash signs away has a configuration, not errors."""
        text = (self.prefix / "etc/rdpwatch/rdpwatch.yml").read_text(encoding="utf-8")
        text = re.sub(r"^#storage:\n#  path: .*\n", "", text, flags=re.M)  # a key that is still to come
        text = re.sub(r"^#(?=global:|  )", "", text.replace("inventory: []", "inventory:"), flags=re.M)
        self.assertIn("\n  - group: rdsh\n", text)
        path = self.folder / "uncommented.yml"
        path.write_text(text, encoding="utf-8")
        self.assertEqual(run(self.prefix / "bin/rdpwatch", "check-config", path), f"{path}: 2 targets in 1 group, 5 modules\n")

    def test_the_flags_of_the_service_are_valid(self):
        """Those of the unit, and of the file that the administrator edits, which are the same as it comes."""
        unit = UNIT.read_text(encoding="utf-8")
        flags = re.search(r"^Environment=ARGS=(.*)$", unit, re.M).group(1)
        self.assertEqual(flags, "--web.listen-address=127.0.0.1:9839")
        self.assertIn(f'\nARGS="{flags}"\n', (self.prefix / "etc/default/rdpwatch").read_text(encoding="utf-8"))
        commands = re.findall(r"^Exec(?:Start|Reload)=/usr/bin/rdpwatch (.*)$", unit, re.M)
        self.assertEqual(len(commands), 2)
        for command in commands:
            words = command.replace("/etc", str(self.prefix / "etc")).replace("$ARGS", flags).split()
            run(self.prefix / "bin/rdpwatch", *words, *([] if "--config.check" in words else ["--config.check"]))

    def test_the_manual_page_has_no_faults_and_every_command(self):
        page = self.prefix / "share/man/man1/rdpwatch.1"
        done = subprocess.run([tool("man"), "--warnings", "--local-file", page], capture_output=True, text=True, timeout=60, check=True,
                              env={**os.environ, "MANWIDTH": "100", "MANROFFOPT": "", "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.stderr, "")
        commands = re.findall(r"^  ([a-z-]+) +\S", run(self.prefix / "bin/rdpwatch", "--help").split("Commands:\n")[1].split("\n\n")[0], re.M)
        self.assertGreater(len(commands), 10)
        for command in commands:
            self.assertIn(f"   rdpwatch {command}\n", done.stdout)
        self.assertIn("--web.listen-address=:9839", done.stdout)
        self.assertIn("rdpwatch probe '[2001:db8::9]:3389' --output=json", done.stdout)

    def complete(self, *words):
        """What bash offers for the last of these words, made as bash makes them: it splits at equals signs."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _rdpwatch; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return run(tool("bash"), "-c", script, "bash", self.prefix / "share/bash-completion/completions/rdpwatch", "rdpwatch", *words,
                   cwd=self.prefix / "share/rdpwatch").split()

    def test_bash_completes_commands_flags_and_values(self):
        self.assertEqual(self.complete("pr"), ["probe", "print-metrics", "print-runbooks"])
        self.assertIn("--version", self.complete("--"))
        self.assertEqual(self.complete("serve", "--web."), ["--web.listen-address=", "--web.config.file=", "--web.external-url=",
                                                            "--web.enable-lifecycle"])
        self.assertEqual(self.complete("probe", "--output", "=", "j"), ["json"])
        self.assertEqual(self.complete("probe", "--output", "="), ["json", "plugin", "text"])
        self.assertEqual(self.complete("probe", "--output", ""), ["json", "plugin", "text"])
        self.assertEqual(self.complete("check-config", "open"), ["openapi.yml"])
        self.assertEqual(self.complete("serve", "--config.file", "=", "open"), ["openapi.yml"])
        self.assertEqual(sorted(self.complete("print-runbooks", "r")), ["rules", "runbooks"])
        self.assertEqual(self.complete("completion", ""), ["bash", "fish", "zsh"])
        self.assertEqual(self.complete("probe", "--timeout", "=", ""), [])
        self.assertEqual(self.complete("probe", ""), [])

    def test_the_unit_is_as_closed_as_it_says(self):
        said = run(tool("systemd-analyze"), "security", "--offline=true", "--no-pager", UNIT)
        exposure = float(re.search(r"Overall exposure level for rdpwatch.service: (\S+)", said).group(1))
        self.assertLessEqual(exposure, HIGHEST_EXPOSURE)

    def test_systemd_understands_unit_and_user(self):
        """The program does not lie where the package puts it, so that is the one complaint; a drop-in is verified with its unit."""
        folder = self.folder / "units"
        (folder / "rdpwatch.service.d").mkdir(parents=True)
        text = UNIT.read_text(encoding="utf-8").replace("/usr/bin/rdpwatch", str(self.prefix / "bin/rdpwatch"))
        (folder / "rdpwatch.service").write_text(text, encoding="utf-8")
        drop_in = self.prefix / "share/doc/rdpwatch/examples/web-credentials.conf"
        text = drop_in.read_text(encoding="utf-8").replace("/usr/bin/rdpwatch", str(self.prefix / "bin/rdpwatch"))
        (folder / "rdpwatch.service.d/web-credentials.conf").write_text(text, encoding="utf-8")
        done = subprocess.run([tool("systemd-analyze"), "verify", "--man=no", folder / "rdpwatch.service"], capture_output=True,
                              text=True, timeout=60, check=False)
        ours = [line for line in done.stderr.splitlines() if "rdpwatch" in line]
        self.assertEqual((done.returncode, ours), (0, []))
        root = self.folder / "sysusers"
        (root / "etc").mkdir(parents=True)
        run(tool("systemd-sysusers"), f"--root={root}", self.prefix / "lib/sysusers.d/rdpwatch.conf")
        self.assertRegex((root / "etc/passwd").read_text(encoding="utf-8"),
                         r"(?m)^rdpwatch:x:\d+:\d+:RDP fleet monitor:/var/lib/rdpwatch:/usr/sbin/nologin$")


if __name__ == "__main__":
    unittest.main()
