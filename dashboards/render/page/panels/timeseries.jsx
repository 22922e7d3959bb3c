import { FieldType } from '@grafana/data';
import { TimeSeries as Graph } from '@grafana/ui';
import { drawAnnotations } from './annotations.mjs';

// A graph has no place for what is not a number; the legend says "no data".
const drawable = (field) =>
  field.type === FieldType.number ? { ...field, values: field.values.map((value) => (Number.isFinite(value) ? value : null)) } : field;

export const TimeSeries = ({ panel, data, width, height, theme, timeZone, range, annotations }) => (
  <Graph
    frames={data.map((frame) => ({ ...frame, fields: frame.fields.map(drawable) }))}
    width={width} height={height} timeRange={range} timeZone={timeZone} options={panel.options}
    legend={{ displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [], ...panel.options?.legend }}
  >
    {(config) => drawAnnotations(config, annotations, theme)}
  </Graph>
);
