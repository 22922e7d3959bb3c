// A target's state as one number, for timelines and tables; `mappings.states` has the names.
const codes = { unknown: 1, down: 2, flapping: 3, maintenance: 4, up: 5 };

// `of` gives the selector of a metric with one matcher more, e.g. ofTarget.
export const stateCode = (of: (metric: string, extra: string) => string) =>
  Object.entries(codes)
    .map(([state, code]) => `${of("rdp_target_state", `state="${state}"`)} * ${code}`)
    .join(" or ");
