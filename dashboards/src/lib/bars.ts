// Counts side by side, a bar each, in the order of the queries.
import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import { BarGaugeDisplayMode, ReduceDataOptionsBuilder, VizOrientation } from "@grafana/grafana-foundation-sdk/common";
import { FieldColorBuilder, FieldColorModeId } from "@grafana/grafana-foundation-sdk/dashboard";
import { dress, type Common } from "./panels";

export const bars = (common: Common) =>
  dress(new BarGauge(), common, 12, 8)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .showUnfilled(true)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]));

// The same from the rows of a table, in the order of a label.
export const barsByRow = (label: string, common: Common) =>
  bars(common)
    .withTransformation({ id: "sortBy", options: { sort: [{ field: label }] } })
    .reduceOptions(new ReduceDataOptionsBuilder().values(true).limit(50).calcs([]));
