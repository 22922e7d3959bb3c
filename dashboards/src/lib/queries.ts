// Queries and the selectors that they are made of. Every query carries the job that the reader has chosen; a selector that
// knows groups or one target carries those as well.
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";

export const datasource = { type: "prometheus", uid: "${datasource}" };

// A way to select the series of a metric, with one matcher more.
export type Of = (metric: string, extra?: string) => string;

const selector = (metric: string, matchers: string[], extra: string) =>
  `${metric}{${[...matchers, extra].filter((matcher) => matcher !== "").join(", ")}}`;

// Series of the daemon itself, of sites and of the whole job.
export const ofJob: Of = (metric, extra = "") => selector(metric, ['job=~"$job"'], extra);

// Series that others than rdpwatch have as well: up, scrape_*, process_*. "All" jobs must not mean theirs.
export const ofExporters: Of = (metric, extra = "") => selector(metric, ['job=~"$job"', 'job=~"rdpwatch.*"'], extra);

// The same on a dashboard where the reader chooses instances.
export const ofInstances: Of = (metric, extra = "") => ofExporters(metric, ['instance=~"$instance"', extra].filter((matcher) => matcher !== "").join(", "));

// Series that have a group; `group` is a choice of several.
export const ofGroups: Of = (metric, extra = "") => selector(metric, ['job=~"$job"', 'group=~"$group"'], extra);

// Series of the one group, or the one target, of a dashboard where that is a single choice. Grafana does not escape a single
// choice for a regular expression: hence `=`.
export const ofGroup: Of = (metric, extra = "") => selector(metric, ['job=~"$job"', 'group="$group"'], extra);

export const ofTarget: Of = (metric, extra = "") =>
  selector(metric, ['job=~"$job"', 'group=~"$group"', 'target="$target"'], extra);

// A selector as of the end of the time that is shown: what a graph is limited to must not change along the graph.
export const atEnd = (of: Of): Of => (metric, extra) => `${of(metric, extra)} @ end()`;

// The same for whatever there was while the time passed that is shown.
export const everShown = (of: Of): Of => (metric, extra) => `max_over_time(${of(metric, extra)}[$__range] @ end())`;

// 0 rather than nothing where the fleet is there and nothing is counted; still nothing where the fleet is not there, so that a
// dead exporter is never a green zero.
export const orZero = (counted: string, there: string) => `${counted} or ${there} * 0`;

const query = (refId: string, expr: string) => new DataqueryBuilder().refId(refId).datasource(datasource).expr(expr);

// Now, for stats.
export const now = (expr: string, legend = "", refId = "A") => query(refId, expr).instant().legendFormat(legend);

// Now, as the rows of a table.
export const rows = (expr: string, refId = "A") => query(refId, expr).instant().format(PromQueryFormat.Table);

// Over the time that is shown.
export const overTime = (expr: string, legend: string, refId = "A") => query(refId, expr).range().legendFormat(legend);

// The same, for buckets of a histogram.
export const buckets = (expr: string) => query("A", expr).range().format(PromQueryFormat.Heatmap).legendFormat("{{le}}");
