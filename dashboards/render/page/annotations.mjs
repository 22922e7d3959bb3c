// The moments that a dashboard's annotation queries find.
import { overTime } from './prometheus.mjs';
import { seconds } from './time.mjs';
import { inQuery } from './variables.mjs';

// An event begins where a sample of 1 or more follows a step without one.
const beginnings = (series, step) =>
  series.values
    .filter(([, value]) => Number(value) >= 1)
    .filter(([time], index, kept) => index === 0 || time - kept[index - 1][0] > step)
    .map(([time]) => time * 1000);

// With useValueForTime the value is the moment itself, the same at every step while it holds.
const moments = (series) => series.values.map(([, value]) => Number(value)).filter((time) => time > 0);

const inRange = (range) => (time) => time >= range.from.valueOf() && time <= range.to.valueOf();

const found = async (annotation, context) => {
  const step = seconds(annotation.step || '60s');
  const expr = inQuery(annotation.expr, context.variables);
  const result = await overTime(expr, context.range, step * 1000);
  const times = result.flatMap((series) => (annotation.useValueForTime ? moments(series) : beginnings(series, step)));
  return [...new Set(times)].filter(inRange(context.range)).map((time) => ({ time, color: annotation.iconColor ?? 'red' }));
};

export const annotations = async (dashboard, context) => {
  const enabled = (dashboard.annotations?.list ?? []).filter((annotation) => annotation.enable && annotation.expr);
  return (await Promise.all(enabled.map((annotation) => found(annotation, context)))).flat();
};
