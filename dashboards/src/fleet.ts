// RDP / Fleet: is anything wrong, where, and since when. Every row leads on to the group or the host.
import { alerts, configLoads, moments } from "./lib/annotations";
import { assemble } from "./lib/build";
import { rowToGroup, rowToTarget } from "./lib/links";
import { bad, good, neutral, thresholds, warning } from "./lib/mappings";
import { label, stat, table, value } from "./lib/panels";
import { atEnd, now, ofGroups, orZero, rows } from "./lib/queries";
import { groups, job } from "./lib/variables";

const inState = (state: string) =>
  orZero(
    `sum(${ofGroups("group_state:rdp_target_state:count", `state="${state}"`)})`,
    `sum(${ofGroups("group_state:rdp_target_state:count")})`,
  );

const hosts = (title: string, state: string, description: string, color: string) =>
  stat({
    title, description, width: 3, queries: [now(inState(state))],
    thresholds: thresholds(state === "up" ? good : neutral, ...(state === "up" ? [] : [[1, color] as [number, string]])),
  });

const one = "by (job, group, site, target)";
const on = "on (job, group, target)";

// At most 50 that fail, those that failed last first: what has been down for weeks must not hide what broke just now.
const failing =
  `topk(50, max ${one} (${ofGroups("rdp_target_state_since_timestamp_seconds")})` +
  ` and ${on} (${ofGroups("target:rdp_probe_success:max")} == 0 unless ${on} ${ofGroups("target:rdp_target_maintenance:max")}))`;

// One reason and one cause a host, of the hosts of `among`.
const reasonAmong = (among: string) =>
  `topk ${one} (1, max by (job, group, site, target, phase, reason, client_error) (${ofGroups("target:rdp_probe_failure_reason:max")})) and ${on} ${among}`;
const causeAmong = (among: string) =>
  `topk ${one} (1, max by (job, group, site, target, cause) (${ofGroups("target:rdp_diagnosis_rank:max")})) and ${on} ${among}`;

export const fleet = assemble({
  uid: "rdp-fleet",
  name: "Fleet",
  description: "All hosts: what fails now, where, why and since when.",
  variables: [job(), groups()],
  annotations: [
    configLoads(),
    alerts(),
    moments(
      "Latest changes of state", "purple",
      `topk(20, max by (group, target, state) (${atEnd(ofGroups("rdp_target_state"))} * ignoring (state) group_left () ${atEnd(ofGroups("rdp_target_state_since_timestamp_seconds"))})) * 1000`,
      "{{target}} is {{state}}", "{{group}}",
    ),
  ],
  rows: [
    {
      title: "Overview",
      panels: [
        hosts("Up", "up", "Hosts that answered their last run.", good),
        hosts("Down", "down", "Hosts that failed their last run, confirmations included. The table below says which and why.", bad),
        hosts("Flapping", "flapping", "Hosts that keep changing between up and down. Look at packet loss, load and farm members that differ.", warning),
      ],
    },
    {
      title: "What fails",
      panels: [
        table({
          title: "Hosts that fail now",
          description: "At most 50, the latest first.",
          width: 24,
          noValue: "no host fails",
          queries: [rows(failing, "A"), rows(reasonAmong(failing), "B"), rows(causeAmong(failing), "C")],
          columns: [
            label("target", { links: [rowToTarget] }), label("group", { links: [rowToGroup] }), label("site"), label("phase"), label("reason"),
            label("client_error"), label("cause"), value("A", "Since", { unit: "dateTimeFromNow" }),
          ],
        }),
      ],
    },
  ],
});
