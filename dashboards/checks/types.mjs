// Holds finished dashboards against the Foundation SDK's own types: a key that Grafana does not know, a wrong type or an
// unknown value of an enumeration is an error that names the dashboard, the panel and the key. The builders alone do not
// guarantee that: options, custom field settings, overrides and queries are `any` to them.
//   node checks/types.mjs rdp-fleet.json ...     needs `npm ci`; the exit code is 1 when there is a complaint
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sdk = join(root, "node_modules/@grafana/grafana-foundation-sdk/dist");

// JSON has the values of enumerations, not the enumerations; and no methods.
const prelude = `
import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
type Method = (...args: any[]) => any;
type Json<T> = 0 extends 1 & T ? any
  : T extends string ? \`\${T}\`
  : T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : T)
  : T extends (infer Item)[] ? Json<Item>[]
  : T extends object ? { [K in keyof T as NonNullable<T[K]> extends Method ? never : K]: Json<T[K]> }
  : T;
type With<T, Changed> = Omit<T, keyof Changed> & Changed;
type Query = Json<Dataquery>;
type Whole = With<Json<dashboard.Dashboard>, {
  panels: [];
  annotations: { list: With<Json<dashboard.AnnotationQuery>, { target?: Query }>[] };
}>;
type Row = With<Json<dashboard.RowPanel>, { panels: [] }>;
// The SDK gives links of fields the type of a dashboard's links, whose other keys mean nothing there.
type Fields = With<Json<dashboard.FieldConfig>, {
  links?: (Partial<Json<dashboard.DashboardLink>> & { title: string; url: string })[];
}>;
type Defaults<Custom> = With<Fields, { custom?: Json<Custom> }>;
type Property<Custom> =
  | { [K in Exclude<keyof Fields, "custom">]-?: { id: K; value: Fields[K] } }[Exclude<keyof Fields, "custom">]
  | { [K in keyof Custom & string]-?: { id: \`custom.\${K}\`; value: Json<Custom[K]> } }[keyof Custom & string];
type FieldConfig<Custom> = {
  defaults: Defaults<Custom>;
  overrides: { matcher: Json<dashboard.MatcherConfig>; properties: Property<Custom>[] }[];
};
type Panel<Options, Custom> = With<Json<dashboard.Panel>, {
  targets?: Query[]; options?: Json<Options>; fieldConfig?: FieldConfig<Custom>;
}>;
type None = { "this kind of panel has none": true };
`;

/** The type that a panel has to have, as source text; undefined for a kind of panel that the SDK does not know. */
function typeOfPanel(kind) {
  if (kind === "row") return "Row";
  const name = String(kind).replaceAll("-", "");
  const types = join(sdk, name, "types.gen.d.ts");
  if (!/^[a-z]+$/.test(name) || !existsSync(types)) return undefined;
  const declares = (what) => new RegExp(`^export (interface|type) ${what}\\b`, "m").test(readFileSync(types, "utf8"));
  const type = (what) => declares(what) ? `import("@grafana/grafana-foundation-sdk/${name}").${what}` : "None";
  return `Panel<${type("Options")}, ${type("FieldConfig")}>`;
}

/** The parts of a dashboard that are checked by themselves, so that each error names its panel. */
function partsOf(file) {
  const whole = JSON.parse(readFileSync(file, "utf8"));
  const parts = [{ name: basename(file), type: "Whole", value: { ...whole, panels: [] } }];
  const add = (panel) => {
    const name = `${basename(file)}: panel ${panel.id} "${panel.title}"`;
    parts.push({ name, type: typeOfPanel(panel.type), value: panel.type === "row" ? { ...panel, panels: [] } : panel });
    for (const inner of panel.panels ?? []) add(inner);
  };
  for (const panel of whole.panels ?? []) add(panel);
  return parts;
}

/** The key that an error is at, such as options.legend.showLegend or targets[0].expr. */
function keyAt(source, start) {
  let path = "";
  const visit = (node) => {
    if (start < node.getStart(source) || start >= node.getEnd()) return;
    if (ts.isPropertyAssignment(node)) path += `.${node.name.text}`;
    if (ts.isArrayLiteralExpression(node)) {
      const index = node.elements.findIndex((item) => start >= item.getStart(source) && start < item.getEnd());
      if (index >= 0) path += `[${index}]`;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return path.replace(/^\./, "") || "(itself)";
}

function check(files) {
  const parts = files.flatMap(partsOf);
  const complaints = parts.filter((part) => !part.type).map((part) => `${part.name}: type: the SDK knows no panel "${part.value.type}"`);
  const sources = new Map();
  parts.filter((part) => part.type).forEach((part, index) => {
    const path = join(root, `checks/part-${index}.ts`);  // is not written: the compiler is given the text
    const text = `${prelude}export const part: ${part.type} = ${JSON.stringify(part.value, null, 1)};\n`;
    sources.set(path, { part, file: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) });
  });
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => sources.get(path)?.file ?? getSourceFile(path, ...rest);
  const program = ts.createProgram([...sources.keys()], options, host);
  for (const problem of [...program.getGlobalDiagnostics(), ...program.getOptionsDiagnostics()]) {
    complaints.push(ts.flattenDiagnosticMessageText(problem.messageText, " "));
  }
  for (const { part, file } of sources.values()) {
    for (const problem of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
      const why = ts.flattenDiagnosticMessageText(problem.messageText, " ").replace(/\s+/g, " ");
      complaints.push(`${part.name}: ${keyAt(file, problem.start)}: ${why}`);
    }
  }
  return { complaints, parts: parts.length };
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node checks/types.mjs DASHBOARD.json ...");
  process.exit(2);
}
const { complaints, parts } = check(files);
for (const complaint of complaints) console.log(complaint);
console.log(`${files.length} dashboards, ${parts} parts checked, ${complaints.length} complaints`);
process.exit(complaints.length === 0 ? 0 : 1);
