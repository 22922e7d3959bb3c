// Writes units.json: the ids of all units that Grafana knows. contract.dashboards holds the dashboards against the list, so
// that tests need not fetch the 140 packages that this script does (into a folder of its own, gone when it ends).
//   node dashboards/checks/units.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const version = "13.2.3";
// react is a peer of @grafana/data, whose other peers conflict: hence --legacy-peer-deps.
const packages = [`@grafana/data@${version}`, "react@19", "react-dom@19"];

const folder = mkdtempSync(join(tmpdir(), "grafana-units-"));
try {
  writeFileSync(join(folder, "package.json"), "{}");
  execFileSync("npm", ["install", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", ...packages],
    { cwd: folder, stdio: "inherit" });
  // It reads the browser's languages when it names the formats of dates.
  globalThis.navigator ??= { languages: ["en-US"] };
  const require = createRequire(join(folder, "package.json"));
  const { getValueFormats } = require("@grafana/data");
  const ids = getValueFormats().flatMap((category) => category.submenu.map((unit) => unit.value)).sort();
  const installed = JSON.parse(readFileSync(join(folder, "node_modules/@grafana/data/package.json"), "utf8")).version;
  const list = { from: `@grafana/data ${installed}, getValueFormats()`, ids };
  writeFileSync(new URL("units.json", import.meta.url), `${JSON.stringify(list, null, 1)}\n`);
  console.log(`${ids.length} units of @grafana/data ${installed}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
