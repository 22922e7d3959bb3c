// `write`: the JSON of every dashboard. `check`: whether the JSON that is there is what the sources make.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { certificates } from "./certificates";
import { exporter } from "./exporter";
import { fleet } from "./fleet";
import { group } from "./group";
import { security } from "./security";
import { target } from "./target";
import { toText } from "./lib/build";

const dashboards: Dashboard[] = [
  fleet,
  group,
  target,
  certificates,
  security,
  exporter,
];

const directory = join(__dirname, "..");
const fileOf = (dashboard: Dashboard) => `${dashboard.uid}.json`;

const write = () => dashboards.forEach((dashboard) => writeFileSync(join(directory, fileOf(dashboard)), toText(dashboard)));

// Where the two first differ, in words; nothing when they do not.
const difference = (file: string, made: string): string | undefined => {
  if (!existsSync(join(directory, file))) return `${file}: missing`;
  const there = readFileSync(join(directory, file), "utf8").split("\n");
  const wanted = made.split("\n");
  const line = Array.from({ length: Math.max(there.length, wanted.length) }, (_, index) => index).find((index) => there[index] !== wanted[index]);
  if (line === undefined) return undefined;
  return `${file}:${line + 1}: has\n  ${there[line] ?? "(end of file)"}\nbut the sources make\n  ${wanted[line] ?? "(end of file)"}`;
};

// JSON that no source makes any more.
const leftOver = () => {
  const made = dashboards.map(fileOf);
  return readdirSync(directory)
    .filter((file) => /^rdp-.*\.json$/.test(file) && !made.includes(file))
    .map((file) => `${file}: no source makes it`);
};

const check = () => {
  const differences = [
    ...dashboards.map((dashboard) => difference(fileOf(dashboard), toText(dashboard))).filter((text) => text !== undefined),
    ...leftOver(),
  ];
  differences.forEach((text) => console.error(text));
  if (differences.length > 0) console.error("Run `npm run build` and commit what it writes.");
  return differences.length === 0;
};

const command = process.argv[2];
if (command === "write") write();
else if (command === "check") process.exitCode = check() ? 0 : 1;
else {
  console.error("usage: main.js write|check");
  process.exitCode = 2;
}
