// Expressions that several panels or dashboards need.
import { dimensions } from "./mappings";
import { atEnd, everShown, type Of } from "./queries";

const codes = { unknown: 1, down: 2, flapping: 3, maintenance: 4, up: 5 };

// The state as a number: what several instances, vantages or addresses see is then told apart by `max`, the best that anybody sees,
// as the alerts do it. `states` in mappings.ts has the names.
export const stateCode = (of: Of) =>
  Object.entries(codes)
    .map(([state, code]) => `${of("rdp_target_state", `state="${state}"`)} * ${code}`)
    .join(" or ");

// What a host differs in from its group, as one number: `dimensionSets` in mappings.ts has the names.
export const outlierBits = (of: Of, labels: string) =>
  `sum by (${labels}) (${dimensions
    .map((dimension, bit) => `max by (${labels}, dimension) (${of("rdp_target_outlier", `dimension="${dimension}"`)}) * ${1 << bit}`)
    .join(" or ")})`;

// Every change of state as its own moment in milliseconds, with the state that began.
export const stateChanges = (of: Of) =>
  `${of("rdp_target_state")} * ignoring (state) group_left () ${of("rdp_target_state_since_timestamp_seconds")} * 1000`;

// The latest 20 of them, as of the end of the time that is shown: a fleet has too many to show each.
export const latestStateChanges = (of: Of) => {
  const last = atEnd(of);
  return `max by (group, target, state) (${last("rdp_target_state")} * ignoring (state) group_left () topk(20, ${last("rdp_target_state_since_timestamp_seconds")})) * 1000`;
};

// The latest 20 certificates that changed in a way that no usual renewal explains, likewise.
export const latestCertificateChanges = (of: Of) =>
  `max by (group, target) (topk(20, ${atEnd(of)("rdp_cert_unexpected_change_timestamp_seconds")}) > 0) * 1000`;

// The reasons of most hosts. Which ten these are is settled once for the whole graph.
export const hostsByReason = (of: Of) => {
  const sum = (each: Of) => `sum by (phase, reason) (${each("group_reason:rdp_probe_failure_reason:count")})`;
  return `${sum(of)} and topk(10, ${sum(everShown(of))})`;
};

// A quantile of the slowest of the groups, by phase; not a number where the phase did not run.
export const slowest = (of: Of, quantile: "p50" | "p95") =>
  `max by (phase) (${of(`group_phase:rdp_group_phase_duration_seconds:${quantile}_rate10m`)}) > 0`;
