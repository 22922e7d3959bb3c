"""Documents that tell the truth: names they use exist, links lead somewhere, commands and configurations are valid."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree

# Phases of this version; a reason that belongs only to later ones need not be in the README yet.
PHASES_BUILT = {"resolve", "connect", "negotiate", "tls", "nla", "mcs", "licensing"}
FOR_USERS = ["README.md", "deploy/FOOTPRINT.md", "CHANGELOG.md"]


def metric_names():
    """The names of metrics.def."""
    return set(re.findall(r"^RDPWATCH_(?:TARGET|GROUP|SELF)_METRIC\((\w+),", tree.read("daemon/metrics/metrics.def"), re.M))


def reason_rows():
    """{reason: its phases} of failure_reasons.def."""
    rows = re.findall(r'^RDPWATCH_REASON\((\w+), \w+, "([^"]*)"', tree.read("probes/handshake/failure_reasons.def"), re.M)
    return {reason: set(phases.split()) for reason, phases in rows}


def section(text, heading):
    """The text under a heading, up to the next heading of any level."""
    return re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.M | re.S).group(1)


def code_blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def rdpwatch(*arguments):
    done = subprocess.run([os.environ["RDPWATCH_BIN"], *arguments], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0:
        raise AssertionError(f"rdpwatch {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Documents(unittest.TestCase):
    maxDiff = None

    def test_every_metric_named_for_users_is_in_the_catalogue(self):
        catalogue = metric_names()
        self.assertGreater(len(catalogue), 40)
        self.assertLessEqual(catalogue, set(re.findall(r"\w+", rdpwatch("print-metrics"))))
        for document in FOR_USERS:
            named = set(re.findall(r"(?<![\w.:])(?:rdp|rdpwatch)_[a-z0-9_]+\b(?!\.\w)", tree.read(document)))
            self.assertEqual((document, named - catalogue), (document, set()))

    def test_the_readme_names_the_reasons_that_can_occur(self):
        rows = reason_rows()
        table = section(tree.read("README.md"), "Reasons")
        named = set(re.findall(r"`(\w+)`", "\n".join(line for line in table.splitlines() if line.startswith("|"))))
        self.assertEqual(named, {reason for reason, phases in rows.items() if phases & PHASES_BUILT})

    def test_relative_links_lead_to_files(self):
        broken = []
        for document in tree.files(".md"):
            for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", tree.read(document)):
                if not re.match(r"[a-z]+:", link) and not (tree.ROOT / document.parent / link).exists():
                    broken.append(f"{document}: {link}")
        self.assertEqual(broken, [])

    def test_paths_in_backticks_exist(self):
        top = "|".join(["probes", "config", "daemon", "deploy", "tests", "dashboards", "cmake"])
        broken = []
        for document in tree.files(".md"):
            for path in re.findall(rf"`((?:{top})/[\w./-]*)`", tree.read(document)):
                if not (tree.ROOT / path).exists():
                    broken.append(f"{document}: {path}")
        self.assertEqual(broken, [])

    def test_flags_of_the_readme_exist(self):
        commands = code_blocks(tree.read("README.md"), "sh")
        used = {}
        for line in "\n".join(commands).splitlines():
            match = re.match(r"\s*rdpwatch (\S+)(.*)", line.split(" #")[0])
            if match:
                used.setdefault(match.group(1), set()).update(re.findall(r"--[\w.-]+", match.group(2)))
        self.assertEqual(set(used), {"probe", "diagnose", "audit", "explain", "sweep", "serve", "status", "maintenance", "healthcheck", "check-config", "print-runbooks"})
        for command, flags in used.items():
            known = set(re.findall(r"--[\w.-]+", rdpwatch(command, "--help")))
            self.assertEqual((command, flags - known), (command, set()))

    def test_configurations_of_the_readme_are_valid(self):
        examples = [block for block in code_blocks(tree.read("README.md"), "yaml") if "inventory:" in block]
        self.assertEqual(len(examples), 1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rdpwatch.yml"
            path.write_text(examples[0], encoding="utf-8")
            rdpwatch("check-config", str(path))

    def test_the_web_configuration_of_the_readme_is_valid(self):
        examples = [block for block in code_blocks(tree.read("README.md"), "yaml") if "basic_auth_users:" in block]
        self.assertEqual(len(examples), 1)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                            "2", "-subj", "/CN=example", "-keyout", folder / "rdpwatch.key", "-out", folder / "rdpwatch.pem"],
                           check=True, capture_output=True, timeout=30)
            (folder / "client-ca.pem").write_bytes((folder / "rdpwatch.pem").read_bytes())
            (folder / "web.yml").write_text(examples[0], encoding="utf-8")
            (folder / "rdpwatch.yml").write_text("inventory: []\n", encoding="utf-8")
            said = rdpwatch("serve", f"--config.file={folder}/rdpwatch.yml", f"--web.config.file={folder}/web.yml", "--config.check")
            self.assertEqual(said, f"{folder}/rdpwatch.yml is valid\n{folder}/web.yml is valid\n")

    def test_the_runbooks_are_what_the_book_of_causes_says(self):
        committed = tree.ROOT / "deploy/runbooks"
        with tempfile.TemporaryDirectory() as folder:
            rdpwatch("print-runbooks", folder)
            made = {path.name: path.read_text(encoding="utf-8") for path in Path(folder).iterdir()}
        self.assertGreater(len(made), 40)
        self.assertEqual(sorted(path.name for path in committed.iterdir()), sorted(made))
        differ = [name for name, text in made.items() if (committed / name).read_text(encoding="utf-8") != text]
        self.assertEqual(differ, [], "run: rdpwatch print-runbooks deploy/runbooks")

    def test_the_readme_counts_the_causes_right(self):
        causes = re.findall(r"^- id: (\w+)$", tree.read("probes/diagnosis/causes.yml"), re.M)
        for document in ["README.md", "CHANGELOG.md"]:
            self.assertEqual(re.findall(r"(\d+) causes", tree.read(document)), [str(len(causes))])

    def test_the_changelog_has_a_section_for_what_is_not_released(self):
        self.assertRegex(section(tree.read("CHANGELOG.md"), "[Unreleased]") + tree.read("CHANGELOG.md"), r"### Added\n- ")


if __name__ == "__main__":
    unittest.main()
