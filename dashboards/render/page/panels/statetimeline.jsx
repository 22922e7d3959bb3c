// A state timeline of our own: @grafana/ui does not export Grafana's. One row a series; equal neighbours are one block.
import { formattedValueToString, getFieldDisplayName, FieldType } from '@grafana/data';
import { measureText, VizLegend, VizLayout } from '@grafana/ui';
import { TimeAxis } from './axis.jsx';

const axisHeight = 20;
const fontSize = 12;

const rowsOf = (data) =>
  data.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    const values = frame.fields.filter((field) => field.type !== FieldType.time);
    return time === undefined ? [] : values.map((field) => ({ field, time, name: getFieldDisplayName(field, frame, data) }));
  });

// A block lasts until the next sample, or for one step where none follows in time.
const blocks = ({ field, time }, range) => {
  const step = time.config.interval ?? Infinity;
  const merged = [];
  field.values.forEach((value, index) => {
    if (value === null || value === undefined) return;
    const from = time.values[index];
    const to = Math.min(time.values[index + 1] ?? range.to.valueOf(), from + step * 1.5, range.to.valueOf());
    const last = merged.at(-1);
    if (last !== undefined && last.value === value && from <= last.to) last.to = to;
    else merged.push({ value, from, to });
  });
  return merged;
};

const Block = ({ block, display, opacity, x, y, width, height, theme }) => {
  const text = formattedValueToString(display);
  const fits = measureText(text, fontSize).width + 10 < width && height > fontSize;
  return (
    <g>
      <rect x={x} y={y} width={Math.max(width, 1)} height={height} fill={display.color} fillOpacity={opacity} />
      {fits && (
        <text x={x + 5} y={y + height / 2 + 4} fontSize={fontSize} fill={theme.colors.text.primary}>{text}</text>
      )}
    </g>
  );
};

const legendItems = (rows) => {
  const items = new Map();
  rows.forEach(({ field }) => field.values.forEach((value) => {
    if (value === null || value === undefined) return;
    const display = field.display(value);
    items.set(formattedValueToString(display), { label: formattedValueToString(display), color: display.color, yAxis: 1 });
  }));
  return [...items.values()];
};

const Rows = ({ rows, panel, range, width, height, theme, timeZone }) => {
  const labels = Math.min(Math.max(...rows.map((row) => measureText(row.name, fontSize).width)) + 12, width / 2);
  const plot = width - labels - 8;
  const rowHeight = (height - axisHeight) / rows.length;
  const bar = rowHeight * (panel.options?.rowHeight ?? 0.9);
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const x = (time) => labels + ((Math.max(time, from) - from) / (to - from)) * plot;
  return (
    <svg width={width} height={height} style={{ letterSpacing: 0 }}>
      {rows.map((row, index) => (
        <g key={index}>
          <text x={labels - 8} y={rowHeight * (index + 0.5) + 4} fontSize={fontSize} textAnchor="end" fill={theme.colors.text.primary}>
            {row.name}
          </text>
          {blocks(row, range).map((block) => (
            <Block
              key={block.from} block={block} display={row.field.display(block.value)} theme={theme}
              opacity={(row.field.config.custom?.fillOpacity ?? 70) / 100}
              x={x(block.from)} width={x(block.to) - x(block.from)} y={rowHeight * index + (rowHeight - bar) / 2} height={bar}
            />
          ))}
        </g>
      ))}
      <TimeAxis range={range} left={labels} width={plot} top={height - 5} theme={theme} timeZone={timeZone} />
    </svg>
  );
};

export const StateTimeline = (props) => {
  const { panel, data, width, height } = props;
  const rows = rowsOf(data);
  const { showLegend = true, placement = 'bottom' } = panel.options?.legend ?? {};
  const legend = showLegend ? (
    <VizLayout.Legend placement={placement}>
      <VizLegend placement={placement} items={legendItems(rows)} displayMode="list" readonly />
    </VizLayout.Legend>
  ) : null;
  return (
    <VizLayout width={width} height={height} legend={legend}>
      {(w, h) => <Rows {...props} rows={rows} width={w} height={h} />}
    </VizLayout>
  );
};
