// Drill-down: from a row or a series to the dashboard that says more, with the data source, the job and the time kept.
import { DashboardLinkBuilder, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";

const runbooks = "https://github.com/example/rdpwatch/blob/main/deploy/runbooks";

export interface DataLink { title: string; url: string; targetBlank?: boolean }

const kept = "${__url_time_range}&${datasource:queryparam}&${job:queryparam}";

// From a row of a table, by its columns `group` and `target`.
export const rowToTarget: DataLink = {
  title: "This host",
  url: `/d/rdp-target?var-group=\${__data.fields.group}&var-target=\${__data.fields.target}&${kept}`,
};
export const rowToGroup: DataLink = { title: "This group", url: `/d/rdp-group?var-group=\${__data.fields.group}&${kept}` };

// To the page of a cause: a given one, or that of the row's column `cause`.
export const runbook = (cause: string): DataLink => ({ title: "Runbook", url: `${runbooks}/${cause}.md`, targetBlank: true });
export const rowToRunbook = runbook("${__data.fields.cause}");

// From a series, by its labels.
export const seriesToTarget: DataLink = {
  title: "This host",
  url: `/d/rdp-target?var-group=\${__field.labels.group}&var-target=\${__field.labels.target}&${kept}`,
};

// From anywhere: `uid` with the variables as they are.
export const toDashboard = (title: string, uid: string): DataLink => ({ title, url: `/d/${uid}?\${group:queryparam}&${kept}` });

// As the builders of panels want it.
export const asBuilder = (link: DataLink) =>
  new DashboardLinkBuilder(link.title).url(link.url).targetBlank(link.targetBlank ?? false);

// At the top of every dashboard: all the others.
export const otherDashboards = () =>
  new DashboardLinkBuilder("RDP dashboards")
    .type(DashboardLinkType.Dashboards)
    .tags(["rdpwatch"])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
