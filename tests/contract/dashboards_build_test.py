"""The committed dashboards are what their sources make, and what Grafana's own types allow. Needs npm and its registry.

All of it happens in a copy, so that the source tree stays as it is.
"""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import tree
from harness import npm


class DashboardsBuild(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name) / "dashboards"
        shutil.copytree(tree.ROOT / "dashboards", cls.folder, ignore=shutil.ignore_patterns("node_modules", "build"))
        npm.install(cls.folder, "dashboards/package-lock.json")
        cls.done("compiling dashboards/src", "node", "node_modules/typescript/bin/tsc")

    @classmethod
    def done(cls, what, *command):
        return npm.must_run(cls.folder, what, *command)

    def committed(self):
        return sorted(path.name for path in self.folder.glob("rdp-*.json"))

    def planted(self, name, *faults):
        """A copy of a dashboard with faults: (predicate that finds the panel, keys that lead to the value, the value)."""
        board = json.loads((self.folder / "rdp-fleet.json").read_text(encoding="utf-8"))
        for wanted, path, value in faults:
            place = board if wanted is None else next(panel for panel in board["panels"] if panel["type"] == wanted)
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
        (self.folder / name).write_text(json.dumps(board), encoding="utf-8")
        return name

    def test_the_json_is_what_the_sources_make(self):
        self.done("holding dashboards/*.json against dashboards/src", "npm", "run", "--silent", "check")

    def test_a_planted_difference_is_found(self):
        path = self.folder / "rdp-fleet.json"
        text = path.read_text(encoding="utf-8")
        self.addCleanup(path.write_text, text, encoding="utf-8")
        number = next(index for index, line in enumerate(text.splitlines(), 1) if '"title": "RDP / Fleet"' in line)
        path.write_text(text.replace('"title": "RDP / Fleet"', '"title": "RDP / Fleets"'), encoding="utf-8")
        code, output = npm.run(self.folder, "planting", "node", "build/main.js", "check")
        self.assertEqual((code, output.splitlines()[0]), (1, f"rdp-fleet.json:{number}: has"))

    def test_the_json_has_the_types_of_the_sdk(self):
        output = self.done("holding dashboards/*.json against the SDK's types", "node", "checks/types.mjs", *self.committed())
        self.assertRegex(output, rf"^{len(self.committed())} dashboards, \d\d+ parts checked, 0 complaints\n$")

    def test_planted_types_are_found(self):
        files = [
            self.planted("key.json", ("stat", ["options", "colourMode"], "value")),
            self.planted("enum.json", ("stat", ["options", "graphMode"], "lines")),
            self.planted("type.json", ("stat", ["fieldConfig", "defaults", "decimals"], "2")),
            self.planted("custom.json", ("stat", ["fieldConfig", "defaults", "custom"], {"lineWidth": 1})),
            self.planted("cell.json", ("table", ["fieldConfig", "defaults", "custom", "align"], "middle")),
            self.planted("override.json", ("table", ["fieldConfig", "overrides"],
                                           [{"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "custom.widht", "value": 9}]}])),
            self.planted("query.json", ("stat", ["targets", 0, "instnat"], True)),
            self.planted("variable.json", (None, ["templating", "list", 1, "refresh"], 5)),
            self.planted("panel.json", ("stat", ["type"], "graph")),
            self.planted("row.json", ("row", ["colapsed"], True))]
        code, output = npm.run(self.folder, "planting", "node", "checks/types.mjs", *files)
        found = dict(line.split(": ", 1) for line in output.splitlines()[:-1])
        self.assertEqual((code, sorted(found)), (1, sorted(files)))
        for file, where in [
                ("key.json", r'panel \d+ ".+": options\.colourMode: .*\'"colourMode"\' does not exist'),
                ("enum.json", r'panel \d+ ".+": options\.graphMode: Type \'"lines"\' is not assignable'),
                ("type.json", r'panel \d+ ".+": fieldConfig\.defaults\.decimals: Type \'string\' is not assignable'),
                ("custom.json", r'panel \d+ ".+": fieldConfig\.defaults\.custom\.lineWidth: .*"this kind of panel has none"'),
                ("cell.json", r'panel \d+ ".+": fieldConfig\.defaults\.custom\.align: Type \'"middle"\' is not assignable'),
                ("override.json", r'panel \d+ ".+": fieldConfig\.overrides\[0\]\.properties\[0\]\.id: Type \'"custom\.widht"\' is not'),
                ("query.json", r'panel \d+ ".+": targets\[0\]\.instnat: .*\'"instnat"\' does not exist'),
                ("variable.json", r"templating\.list\[1\]\.refresh: Type '5' is not assignable to type '0 \| 1 \| 2"),
                ("panel.json", r'panel \d+ ".+": type: the SDK knows no panel "graph"$'),
                ("row.json", r'panel \d+ "Overview": colapsed: .*\'"colapsed"\' does not exist')]:
            self.assertRegex(found[file], f"^{where}")


if __name__ == "__main__":
    unittest.main()
