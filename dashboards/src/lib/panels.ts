// Panels, each with what no panel may lack: title, description, unit, thresholds with a base, the data source.
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode, BigValueGraphMode, GraphDrawStyle, LegendDisplayMode, LegendPlacement, ReduceDataOptionsBuilder,
  SortOrder, StackingConfigBuilder, StackingMode, TableSortByFieldStateBuilder, TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder, FieldColorModeId, type DynamicConfigValue, type ThresholdsConfig, type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  CellValuesBuilder, HeatmapColorMode, HeatmapColorOptionsBuilder, HeatmapColorScale, PanelBuilder as Heatmap, YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimeline } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as Table } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import { asBuilder, type DataLink } from "./links";
import { neutral, nothing, thresholds, unknown } from "./mappings";
import { datasource } from "./queries";

export interface Common {
  title: string;
  description: string; // what it shows, and what to do when it is bad
  queries: Builder<Dataquery>[];
  unit?: string;
  decimals?: number;
  width?: number; // of 24
  height?: number;
  thresholds?: Builder<ThresholdsConfig>;
  mappings?: ValueMapping[];
  links?: DataLink[];
  noValue?: string;
}

const noData = "no data";

type AnyPanel = Stat | BarGauge | Table | TimeSeries | StateTimeline | Heatmap;

export const dress = <P extends AnyPanel>(panel: P, common: Common, width: number, height: number): P => {
  panel
    .title(common.title)
    .description(common.description)
    .datasource(datasource)
    .unit(common.unit ?? "short")
    .span(common.width ?? width)
    .height(common.height ?? height)
    .thresholds(common.thresholds ?? thresholds(neutral))
    .mappings(common.mappings ?? [])
    .noValue(common.noValue ?? noData)
    .targets(common.queries);
  if (common.decimals !== undefined) panel.decimals(common.decimals);
  if (common.links !== undefined) panel.dataLinks(common.links.map(asBuilder));
  return panel;
};

// One number, or a word for it. What is not known has no colour: it is neither good nor bad.
export const stat = (common: Common) =>
  dress(new Stat(), { ...common, mappings: [...(common.mappings ?? []), unknown(common.noValue ?? noData)] }, 4, 4)
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]));

// The label of the one row that the query gives, or `noValue`. The unit `string` keeps Grafana from taking a label for a number:
// to it 0x204 is 516.
export const labelStat = (common: Common & { label: string; noValue: string }) =>
  stat({ ...common, unit: "string" })
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields(`/^${common.label}$/`));

export interface Series extends Common {
  stacked?: boolean;
  bars?: boolean;
  colors?: Record<string, string>; // of series, by their names
}

// Counts that are all 0 would have an axis up to 100.
const counted = ["short", "cpm"];
const fewest = 5;

// A legend below has room for three series, one beside for all of them, if the panel is wide enough.
const legend = (width: number) =>
  new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Table).showLegend(true)
    .placement(width < 12 ? LegendPlacement.Bottom : LegendPlacement.Right)
    .calcs(["lastNotNull", "max"]);

export const timeSeries = (common: Series) => {
  const panel = dress(new TimeSeries(), common, 12, 8)
    .lineWidth(1)
    .fillOpacity(common.stacked ? 40 : 5)
    .showPoints(VisibilityMode.Never)
    .legend(legend(common.width ?? 12))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .min(0);
  if (counted.includes(common.unit ?? "short")) panel.axisSoftMax(fewest);
  for (const [name, fixedColor] of Object.entries(common.colors ?? {}))
    panel.overrideByName(name, [{ id: "color", value: { mode: "fixed", fixedColor } }]);
  if (common.bars) panel.drawStyle(GraphDrawStyle.Bars);
  if (common.stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  return panel;
};

export const timeline = (common: Common & { rowHeight?: number }) =>
  dress(new StateTimeline(), common, 24, 8)
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(common.rowHeight ?? 0.8)
    .lineWidth(0)
    .fillOpacity(80)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));

// `unit` is that of the buckets; the cells count what happened in a second.
export const heatmap = (common: Common) =>
  dress(new Heatmap(), common, 12, 8)
    .yAxis(new YAxisConfigBuilder().unit(common.unit ?? "short"))
    .cellValues(new CellValuesBuilder().unit("ops"))
    .color(
      new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Oranges").scale(HeatmapColorScale.Exponential).exponent(0.5)
        .steps(64).fill("dark-orange"),
    );

// A column: a label, or the value of the query `from`. Columns that are not listed are hidden. Labels keep their names, which data
// links read.
export interface Column {
  label?: string;
  from?: string; // refId
  title?: string; // of a value
  unit?: string;
  decimals?: number;
  width?: number;
  thresholds?: Builder<ThresholdsConfig>;
  mappings?: ValueMapping[];
  links?: DataLink[];
}

// In pixels: what does not fit is cut off. Other columns share what is left, and none is narrower than the narrowest.
const widths: Record<string, number> = {
  target: 230, reason: 180, cause: 200, cipher: 260, subject_cn: 200, issuer_cn: 190, signature_algorithm: 210, fingerprint_sha256: 210,
  os_name: 230, tls_library: 220,
};
const timestamp = 170;
const narrowest = 80;

export const label = (name: string, more: Omit<Column, "label" | "from" | "title"> = {}): Column =>
  ({ width: widths[name], ...more, label: name });
export const value = (from: string, title: string, more: Omit<Column, "label" | "from" | "title"> = {}): Column => ({ ...more, from, title });

// Grafana calls the value of the only answer `Value`, and those of several `Value #A`, `Value #B`. A, which says what rows there
// are, may be the only one of several that has an answer.
const fieldNames = (column: Column, only: boolean) => {
  if (column.label !== undefined) return [column.label];
  if (only) return ["Value"];
  return column.from === "A" ? ["Value #A", "Value"] : [`Value #${column.from}`];
};

const properties = (column: Column): DynamicConfigValue[] => {
  const listed: DynamicConfigValue[] = [];
  const add = (id: string, given: unknown) => { if (given !== undefined) listed.push({ id, value: given }); };
  add("unit", column.unit ?? (column.from === undefined ? undefined : "short"));
  add("decimals", column.decimals);
  add("custom.width", column.width ?? (column.unit === "dateTimeAsIso" ? timestamp : undefined));
  if (column.mappings !== undefined) {
    add("mappings", [...column.mappings, ...nothing]);
    add("custom.align", "left"); // they are words
  }
  add("links", column.links);
  if (column.thresholds !== undefined) {
    add("thresholds", column.thresholds.build());
    add("color", { mode: "thresholds" });
  }
  if (column.thresholds !== undefined || column.mappings !== undefined) add("custom.cellOptions", { type: "color-text" });
  return listed;
};

interface Order { by: string; descending: boolean }
export const ascending = (by: string): Order => ({ by, descending: false });
export const descending = (by: string): Order => ({ by, descending: true });

// Rows are merged by the labels that all queries have in common: give every query the same `by (…)` and what it adds.
export const table = (common: Common & { columns: Column[]; sort?: Order[] }) => {
  const only = common.queries.length === 1;
  const panel = dress(new Table(), { unit: "string", ...common, mappings: nothing }, 12, 8).minWidth(narrowest);
  if (!only) panel.withTransformation({ id: "merge", options: {} });
  const names = common.columns.flatMap((column) => fieldNames(column, only));
  panel.withTransformation({ id: "filterFieldsByName", options: { include: { names } } });
  panel.withTransformation({
    id: "organize",
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: Object.fromEntries(
        common.columns
          .filter((column) => column.title !== undefined)
          .flatMap((column) => fieldNames(column, only).map((name) => [name, column.title])),
      ),
    },
  });
  for (const column of common.columns) {
    const listed = properties(column);
    if (listed.length > 0) panel.overrideByName(column.label ?? column.title!, listed);
  }
  if (common.sort !== undefined)
    panel.sortBy(common.sort.map((order) => new TableSortByFieldStateBuilder().displayName(order.by).desc(order.descending)));
  return panel;
};
