// What a panel shows: its queries' answers, transformed and configured. Also what there is to say about them in the report.
import { configure } from './fields.mjs';
import * as prometheus from './prometheus.mjs';
import { builtIns, interval, seconds } from './time.mjs';
import { transform } from './transform.mjs';
import { inQuery, inText } from './variables.mjs';

const lowestInterval = (context, panel, target, variables) => {
  const own = inQuery(target.interval || panel.interval || '', variables);
  return own === '' ? context.scrapeInterval : own.replace(/^>/, '');
};

const framesOf = async (context, panel, target, points, several) => {
  const lowest = lowestInterval(context, panel, target, context.variables);
  const stepMs = interval(context.range, panel.maxDataPoints ?? points, lowest);
  const expr = inQuery(target.expr, context.variables, builtIns(context.range, stepMs, seconds(lowest) * 1000));
  return prometheus.frames(target, expr, context.range, stepMs, several);
};

export const load = async (context, panel, points) => {
  const targets = (panel.targets ?? []).filter((target) => !target.hide && target.expr);
  const several = targets.filter((target) => target.format === 'table').length > 1;
  const stepMs = interval(context.range, points, context.scrapeInterval);
  const replaceVariables = inText(context.variables, builtIns(context.range, stepMs, seconds(context.scrapeInterval) * 1000));
  const answers = (await Promise.all(targets.map((target) => framesOf(context, panel, target, points, several)))).flat();
  const transformed = await transform(panel, answers, replaceVariables);
  const { fieldConfig, data } = configure(panel, transformed, context.theme, context.timeZone, replaceVariables);
  return { fieldConfig, data, replaceVariables };
};

export const isEmpty = (data) => data.every((frame) => frame.length === 0);
