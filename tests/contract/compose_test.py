"""deploy/compose: what it mounts is there, its parts agree with each other, and each tool takes its configuration."""

import fnmatch
import ipaddress
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree
import yaml
from harness.process import tool

FOLDER = tree.ROOT / "deploy/compose"
PORTS = {"rdpwatch": 9839, "prometheus": 9090, "alertmanager": 9093, "grafana": 3000}


def load(path):
    return yaml.safe_load((FOLDER / path).read_text(encoding="utf-8"))


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def mounts(service):
    """(path here, path in the container) of what is mounted from the repository; volumes are left out."""
    pairs = [volume.split(":") for volume in service.get("volumes", [])]
    return [((FOLDER / source).resolve(), target) for source, target, *_ in pairs if source.startswith(".")]


class Compose(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.compose = load("compose.yaml")
        self.services = self.compose["services"]

    def in_container(self, service):
        """A folder with the service's mounts at their paths."""
        folder = Path(tempfile.mkdtemp(prefix="rdpwatch-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for source, target in mounts(self.services[service]):
            place = folder / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, place)
            else:
                shutil.copy(source, place)
        return folder

    def config_file(self, service):
        """Where the service's command finds its configuration."""
        flags = [part.split("=", 1)[1] for part in self.services[service]["command"] if re.match(r"--config(\.file)?=", part)]
        self.assertEqual(len(flags), 1, service)
        return self.in_container(service) / flags[0].lstrip("/")

    def test_what_is_mounted_is_there_and_read_only(self):
        seen = 0
        for name, service in self.services.items():
            for source, target in mounts(service):
                self.assertTrue(source.exists(), f"{name}: {source}")
                self.assertIn(f":{target}:ro", " ".join(service["volumes"]))
                seen += 1
        self.assertGreater(seen, 9)

    def test_volumes_are_declared(self):
        used = {volume.split(":")[0] for service in self.services.values() for volume in service.get("volumes", [])}
        self.assertEqual({name for name in used if not name.startswith(".")}, set(self.compose["volumes"]))

    def test_only_this_machine_reaches_it(self):
        published = {name: service["ports"] for name, service in self.services.items() if "ports" in service}
        self.assertEqual(published, {name: [f"127.0.0.1:{port}:{port}"] for name, port in PORTS.items()})
        for name, service in self.services.items():
            self.assertNotEqual(service.get("network_mode"), "host", name)
            self.assertNotIn("privileged", service, name)
        self.assertEqual(self.services["fleet"]["network_mode"], "service:rdpwatch")

    def test_versions_are_pinned(self):
        images = [service["image"] for service in self.services.values() if "build" not in service]
        dockerfile = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
        stages = set(re.findall(r"^FROM \S+ AS (\S+)$", dockerfile, re.M))
        images += [image for image in re.findall(r"^FROM (\S+)", dockerfile, re.M) if image not in stages]
        self.assertEqual(len(images), 5)
        for image in images:
            self.assertRegex(image, r":v?\d+\.\d+[\w.-]*$")

    def test_prometheus_takes_its_configuration(self):
        output = run(tool("promtool"), "check", "config", self.config_file("prometheus"))
        rules = len(list((tree.ROOT / "deploy/prometheus/rules").glob("*.yml")))
        self.assertIn(f"SUCCESS: {rules} rule files found\n", output)

    def test_alertmanager_takes_its_configuration(self):
        self.assertIn(" - 1 templates\n", run(tool("amtool"), "check-config", self.config_file("alertmanager")))

    def test_rdpwatch_and_the_fleet_take_theirs(self):
        run(os.environ["RDPWATCH_BIN"], "check-config", self.config_file("rdpwatch"))
        run(os.environ["RDPSIM_BIN"], f"--config={self.config_file('fleet')}", "--check")

    def test_addresses_are_those_of_the_services(self):
        prometheus = load("prometheus.yml")
        asked = [target for job in prometheus["scrape_configs"] for one in job["static_configs"] for target in one["targets"]]
        asked += [target for one in prometheus["alerting"]["alertmanagers"] for target in one["static_configs"][0]["targets"]]
        self.assertEqual(sorted(asked), ["alertmanager:9093", "localhost:9090", "rdpwatch:9839"])
        self.assertIn("--web.listen-address=:9839", self.services["rdpwatch"]["command"])
        for name, port in PORTS.items():
            self.assertIn(f"http://127.0.0.1:{port}/", self.services[name]["healthcheck"]["test"][-1])

    def test_every_target_is_a_host_of_the_fleet(self):
        fleet = load("fleet/fleet.yml")
        targets = [target for group in load("rdpwatch.yml")["inventory"] for target in group["targets"]]
        self.assertEqual(len(targets), 22)
        networks = [ipaddress.ip_network(host) for host in fleet["hosts"]]
        for target in targets:
            address, port = target.split(":")
            self.assertEqual(int(port), fleet["port"])
            self.assertTrue(any(ipaddress.ip_address(address) in network for network in networks), target)
        # Hosts that are named alone are there to be looked at: each of them is watched.
        single = {str(network.network_address) for network in networks if network.num_addresses == 1}
        self.assertLessEqual(single, {target.split(":")[0] for target in targets})
        told = set(re.findall(r"^\| (127\.\S+) \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M))
        self.assertEqual(told, single)

    def test_grafana_finds_its_data_source_and_dashboards(self):
        (source,) = load("grafana/provisioning/datasources/prometheus.yml")["datasources"]
        self.assertEqual((source["uid"], source["url"], source["isDefault"]), ("prometheus", "http://prometheus:9090", True))
        self.assertEqual(source["jsonData"]["timeInterval"], load("prometheus.yml")["global"]["scrape_interval"])
        (provider,) = load("grafana/provisioning/dashboards/rdpwatch.yml")["providers"]
        self.assertIs(provider["allowUiUpdates"], False)
        folder = provider["options"]["path"]
        mounted = {target: path for path, target in mounts(self.services["grafana"]) if target.endswith(".json")}
        ours = sorted((tree.ROOT / "dashboards").glob("rdp-*.json"))
        self.assertEqual(mounted, {f"{folder}/{path.name}": path for path in ours})
        self.assertIn(self.services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"], mounted)


class Image(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dockerfile = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
        self.stages = dict(re.findall(r"^FROM \S+ AS (\S+)$(.*?)(?=^FROM|\Z)", self.dockerfile, re.M | re.S))
        copied = re.findall(r"^COPY (?!--)(.*) \S+$", self.dockerfile, re.M)
        self.copied = {source for sources in copied for source in sources.split()}

    def test_what_is_copied_is_there_and_not_ignored(self):
        self.assertGreater(len(self.copied), 6)
        for source in self.copied:
            self.assertTrue((tree.ROOT / source).exists(), source)
        ignored, *wanted = [line for line in (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
                            if not line.startswith("#")]
        self.assertEqual((ignored, {line.removeprefix("!") for line in wanted}), ("*", self.copied))

    def test_compose_builds_the_stages(self):
        built = {name: service["build"]["target"] for name, service in load("compose.yaml")["services"].items() if "build" in service}
        self.assertEqual(built, {"rdpwatch": "rdpwatch", "fleet": "fleet"})
        self.assertEqual(list(self.stages), ["build", "libraries", "fleet", "rdpwatch"])

    def test_nothing_runs_as_root_and_no_compiler_is_left(self):
        self.assertRegex(self.stages["libraries"], r"(?m)^USER [1-9]\d*:[1-9]\d*$")
        for stage in ("libraries", "fleet", "rdpwatch"):
            self.assertNotIn("USER root", self.stages[stage])
            self.assertNotRegex(self.stages[stage], r"install-packages\.sh.*\bbuild\b")

    def test_the_commands_of_the_image_are_commands(self):
        """The daemon's and the check's flags exist; the check is given less time than it is stopped after."""
        check = json.loads(re.search(r"^HEALTHCHECK .* CMD (.*)$", self.stages["rdpwatch"], re.M).group(1))
        start = json.loads(re.search(r"^CMD (.*)$", self.stages["rdpwatch"], re.M).group(1))
        self.assertEqual((check, start), (["rdpwatch", "healthcheck"], ["rdpwatch", "serve", "--config.file=/etc/rdpwatch/rdpwatch.yml"]))
        self.assertIn("within 5 seconds", run(os.environ["RDPWATCH_BIN"], "healthcheck", "--help"))
        self.assertIn("--timeout=6s", self.stages["rdpwatch"])

    def test_the_folders_that_are_built_are_copied(self):
        top = (tree.ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        always = top[:top.index("if(RDPWATCH_BUILD_TESTS)")]
        self.assertLessEqual(set(re.findall(r"add_subdirectory\(([\w/]+)\)", always)), self.copied)

    def test_the_libraries_are_those_that_the_programs_are_linked_with(self):
        """A sanitizer's own are in no image, which is built without; a sanitized program has no allocator but its own."""
        named = set(run(tree.ROOT / "deploy/install-packages.sh", "--print", "libraries").split())
        linked = set()
        for program in (os.environ["RDPWATCH_BIN"], os.environ["RDPSIM_BIN"]):
            linked |= set(re.findall(r"^\t([\w.+-]+\.so[\w.]*) => ", run(tool("ldd"), program), re.M))
        sanitizers = {name for name in linked if fnmatch.fnmatch(name, "lib*san.so.*")}
        linked -= sanitizers
        self.assertGreater(len(linked), 8)
        held = {package: set(re.findall(r"/([^/\n]+)$", run(tool("dpkg-query"), "-L", package), re.M)) & linked
                for package in named}
        self.assertEqual({package for package, libraries in held.items() if not libraries}, {"libjemalloc2"} if sanitizers else set())
        # That one is of libgcc-s1, which libstdc++6 depends on.
        self.assertEqual(linked.difference(*held.values()), {"libgcc_s.so.1"})


if __name__ == "__main__":
    unittest.main()
