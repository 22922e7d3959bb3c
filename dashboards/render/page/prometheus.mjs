// Prometheus' HTTP API, and its answers as the data frames that Grafana's data source makes of them.
import { createDataFrame, FieldType } from '@grafana/data';
import { renderLegendFormat } from './legend.mjs';

const ask = async (path, parameters) => {
  const answer = await fetch(`/prometheus/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const body = await answer.json();
  if (body.status !== 'success') throw new Error(`${body.errorType}: ${body.error}`);
  return body.data;
};

const inSeconds = (range) => ({ start: range.from.valueOf() / 1000, end: range.to.valueOf() / 1000 });

export const labelValues = (label, selector, range) =>
  ask(`label/${label}/values`, { ...inSeconds(range), ...(selector ? { 'match[]': selector } : {}) });

export const queryResult = async (expr, range) => {
  const { result } = await ask('query', { query: expr, time: inSeconds(range).end });
  return result.map((series) => `${JSON.stringify(series.metric)} ${series.value[1]}`);
};

const asNumber = (text) => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

const instant = async (expr, range) => {
  const { resultType, result } = await ask('query', { query: expr, time: inSeconds(range).end });
  if (resultType === 'scalar') return [{ metric: {}, values: [result] }];
  return result.map((series) => ({ metric: series.metric, values: [series.value] }));
};

// Steps start at multiples of the step, so that a picture does not depend on the second it was made in.
export const overTime = async (expr, range, stepMs) => {
  const step = stepMs / 1000;
  const { start, end } = inSeconds(range);
  const { result } = await ask('query_range', {
    query: expr, start: Math.floor(start / step) * step, end: Math.floor(end / step) * step, step,
  });
  return result;
};

// The time's interval says where a gap is: a step without a value is not bridged by a line.
const seriesFrame = (refId, series, legend, stepMs) => {
  const { __name__: name, ...labels } = series.metric;
  const displayNameFromDS = renderLegendFormat(legend, series.metric);
  return createDataFrame({
    refId,
    meta: { type: 'timeseries-multi' },
    fields: [
      { name: 'Time', type: FieldType.time, values: series.values.map(([time]) => time * 1000), config: { interval: stepMs } },
      {
        name: name ?? 'Value', type: FieldType.number, labels, config: displayNameFromDS ? { displayNameFromDS } : {},
        values: series.values.map(([, value]) => asNumber(value)),
      },
    ],
  });
};

// One row a series, one column a label; the value is called `Value`, or `Value #A` beside other tables.
const tableFrame = (refId, result, several) => {
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  const rows = result.flatMap((series) => series.values.map(([time, value]) => ({ metric: series.metric, time, value })));
  return createDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map((row) => row.time * 1000), config: {} },
      ...labels.map((label) => ({
        name: label, type: FieldType.string, values: rows.map((row) => row.metric[label] ?? ''), config: { filterable: true },
      })),
      {
        name: several ? `Value #${refId}` : 'Value', type: FieldType.number, config: {},
        values: rows.map((row) => asNumber(row.value)),
      },
    ],
  });
};

// Buckets of a histogram by their upper bound; Prometheus counts each into all the higher ones, a heat map wants it once.
const bucketFrames = (refId, result) => {
  const ordered = [...result].sort((a, b) => asNumber(a.metric.le) - asNumber(b.metric.le));
  const times = [...new Set(ordered.flatMap((series) => series.values.map(([time]) => time)))].sort((a, b) => a - b);
  const cumulative = ordered.map((series) => {
    const at = new Map(series.values.map(([time, value]) => [time, asNumber(value)]));
    return times.map((time) => at.get(time) ?? 0);
  });
  return [createDataFrame({
    refId,
    meta: { type: 'heatmap-rows' },
    fields: [
      { name: 'Time', type: FieldType.time, values: times.map((time) => time * 1000), config: {} },
      ...ordered.map((series, index) => ({
        name: series.metric.le, type: FieldType.number, config: {},
        values: cumulative[index].map((count, at) => Math.max(count - (index > 0 ? cumulative[index - 1][at] : 0), 0)),
      })),
    ],
  })];
};

// `several`: whether the panel has more than one query that answers with a table.
export const frames = async (target, expr, range, stepMs, several) => {
  const result = target.instant ? await instant(expr, range) : await overTime(expr, range, stepMs);
  if (target.format === 'table') return [tableFrame(target.refId, result, several)];
  if (target.format === 'heatmap') return result.length > 0 ? bucketFrames(target.refId, result) : [];
  return result.map((series) => seriesFrame(target.refId, series, target.legendFormat, target.instant ? undefined : stepMs));
};
