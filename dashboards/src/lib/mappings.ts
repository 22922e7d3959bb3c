// What numbers and labels are called: text beside every colour, because colour alone tells some readers nothing.
import {
  MappingType, SpecialValueMatch, ThresholdsConfigBuilder, ThresholdsMode, type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";

export const good = "green";
export const notice = "blue";
export const warning = "orange";
export const bad = "red";
export const neutral = "text";

// thresholds(good, [1, warning], [5, bad]): the base, then from where on another colour holds.
export const thresholds = (base: string, ...steps: [number, string][]) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...steps.map(([value, color]) => ({ value, color }))]);

// values({ "1": ["up", good], "0": ["DOWN", bad] })
export const values = (texts: Record<string, [text: string, color: string]>): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(Object.entries(texts).map(([value, [text, color]], index) => [value, { text, color, index }])),
});

// Both ends belong to the range; null is no end.
export const range = (from: number | null, to: number | null, text: string, color: string): ValueMapping => ({
  type: MappingType.RangeToText,
  options: { from, to, result: { text, color, index: 0 } },
});

const special = (match: SpecialValueMatch, text: string): ValueMapping => ({
  type: MappingType.SpecialValue,
  options: { match, result: { text, color: neutral, index: 0 } },
});

export const unknown = (text: string) => special(SpecialValueMatch.NullAndNan, text);

// A cell for which a query had no row, or a label that a series does not have.
export const nothing = [unknown("-"), special(SpecialValueMatch.Empty, "-")];

export const yesIsBad = (yes: string, no: string) => values({ "0": [no, good], "1": [yes, bad] });
export const yesIsGood = (yes: string, no: string) => values({ "0": [no, bad], "1": [yes, good] });

// The state of a target as a number, the best that anybody sees being the highest: see stateCode in expressions.ts.
export const states = values({
  "1": ["unknown", "purple"],
  "2": ["DOWN", bad],
  "3": ["FLAPPING", warning],
  "4": ["maintenance", notice],
  "5": ["up", good],
});

// What a host differs in from its group: one bit a dimension, as outlierBits in expressions.ts sets them.
export const dimensions = ["failure", "latency", "certificate", "security", "build"];
export const dimensionSets = values(
  Object.fromEntries(
    Array.from({ length: 2 ** dimensions.length }, (_, set) => [
      `${set}`, [dimensions.filter((_, bit) => set & (1 << bit)).join(", ") || "-", set === 0 ? neutral : warning],
    ]),
  ),
);

// The likelihood of a diagnosis, as target:rdp_diagnosis_rank:max numbers it.
export const likelihoods = values({ "1": ["possible", neutral], "2": ["likely", neutral], "3": ["decisive", neutral] });
