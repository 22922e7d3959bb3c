import { TimeSeries as Graph } from '@grafana/ui';
import { drawAnnotations } from './annotations.mjs';

export const TimeSeries = ({ panel, data, width, height, theme, timeZone, range, annotations }) => (
  <Graph
    frames={data} width={width} height={height} timeRange={range} timeZone={timeZone} options={panel.options}
    legend={{ displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [], ...panel.options?.legend }}
  >
    {(config) => drawAnnotations(config, annotations, theme)}
  </Graph>
);
