// The variables, by the same names on every dashboard so that links can carry them on.
import {
  CustomVariableBuilder, DatasourceVariableBuilder, QueryVariableBuilder, VariableRefresh, VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource } from "./queries";

const fromQuery = (name: string, label: string, query: string, description: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);

const several = (variable: QueryVariableBuilder) =>
  variable.multi(true).includeAll(true).allValue(".+").current({ selected: true, text: ["All"], value: ["$__all"] });

export const dataSource = () =>
  new DatasourceVariableBuilder("datasource").label("Data Source").type("prometheus").description("The Prometheus that scrapes rdpwatch.");

export const job = () =>
  several(fromQuery("job", "Job", "label_values(rdp_probe_success, job)", "The scrape job of rdpwatch."));

export const groups = () =>
  several(fromQuery("group", "Group", 'label_values(rdp_group_targets{job=~"$job"}, group)', "Groups of the inventory."));

export const instances = () =>
  several(fromQuery("instance", "Instance", 'label_values(rdpwatch_build_info{job=~"$job"}, instance)', "Running rdpwatch daemons."));

export const oneGroup = () =>
  fromQuery("group", "Group", 'label_values(rdp_group_targets{job=~"$job"}, group)', "One group of the inventory: hosts that should be alike.");

export const oneTarget = () =>
  fromQuery("target", "Target", 'label_values(rdp_probe_success{job=~"$job", group=~"$group"}, target)', "One host, as the inventory names it.");

export const phases = ["resolve", "connect", "negotiate", "tls", "nla", "login", "mcs", "licensing"];

export const onePhase = () =>
  new CustomVariableBuilder("phase")
    .label("Phase")
    .description("The phase that the heat map shows.")
    .values(phases.join(","))
    .options(phases.map((phase) => ({ selected: phase === "connect", text: phase, value: phase })))
    .current({ selected: true, text: "connect", value: "connect" });
