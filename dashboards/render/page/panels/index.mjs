// Which types of panel can be drawn, and by whom.
import { BarGauge } from './bargauge.jsx';
import { Heatmap } from './heatmap.jsx';
import { Stat } from './stat.jsx';
import { StateTimeline } from './statetimeline.jsx';
import { Table } from './table.jsx';
import { Text } from './text.jsx';
import { TimeSeries } from './timeseries.jsx';

export const drawings = {
  bargauge: BarGauge, heatmap: Heatmap, stat: Stat, 'state-timeline': StateTimeline, table: Table, text: Text, timeseries: TimeSeries,
};

// These say themselves that there is nothing.
export const drawsNothing = new Set(['stat', 'bargauge', 'text']);
