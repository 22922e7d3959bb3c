// What all dashboards share, and the step from the builders to JSON.
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  DashboardBuilder, DashboardCursorSync, RowBuilder, type AnnotationQuery, type Dashboard, type Panel, type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { otherDashboards } from "./links";
import { dataSource } from "./variables";

export interface Row { title: string; panels: Builder<Panel>[] }

export interface Content {
  uid: string;
  name: string; // the title is "RDP / name"
  description: string;
  variables: Builder<VariableModel>[]; // besides the data source
  annotations: Builder<AnnotationQuery>[];
  rows: Row[];
}

// The SDK gives rows the id 0 and panels none; Grafana wants each to have its own.
const number = (dashboard: Dashboard) => dashboard.panels?.forEach((panel, index) => { panel.id = index + 1; });

// The SDK puts links and the switches of annotations into a menu; these belong at the top, where they are seen.
const showControls = (dashboard: Dashboard) =>
  [...(dashboard.links ?? []), ...(dashboard.annotations.list ?? [])].forEach((control) => { delete control.placement; });

export const assemble = (content: Content): Dashboard => {
  const builder = new DashboardBuilder(`RDP / ${content.name}`)
    .uid(content.uid)
    .description(content.description)
    .tags(["rdpwatch", "rdpwatch-mixin"])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .timezone("browser")
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .variables([dataSource(), ...content.variables])
    .annotations(content.annotations)
    .links([otherDashboards()]);
  for (const row of content.rows) {
    builder.withRow(new RowBuilder(row.title));
    row.panels.forEach((panel) => builder.withPanel(panel));
  }
  const dashboard = builder.build();
  number(dashboard);
  showControls(dashboard);
  return dashboard;
};

// Keys in order, so that the text depends on nothing but the content.
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, inOrder(inner)]));
};

export const toText = (dashboard: Dashboard) => JSON.stringify(inOrder(dashboard), null, 2) + "\n";
