// A heat map of our own: @grafana/ui does not export Grafana's. Columns are steps of time; rows are buckets, or series.
import { FieldType, formattedValueToString, getDisplayProcessor, getFieldDisplayName, outerJoinDataFrames } from '@grafana/data';
import { measureText } from '@grafana/ui';
import { colorScale } from './colors.mjs';
import { TimeAxis } from './axis.jsx';

const axisHeight = 20;
const scaleHeight = 26;
const fontSize = 12;
const steps = 64;

const formatter = (unit, theme, timeZone) => {
  const display = getDisplayProcessor({ field: { type: FieldType.number, config: { unit } }, theme, timeZone });
  return (value) => formattedValueToString(display(value));
};

// Rows from the bottom up: buckets are named by their bounds, series by their names.
const rowsOf = (data, panel, theme, timeZone) => {
  const joined = outerJoinDataFrames({ frames: data });
  const [time, ...values] = joined.fields;
  const unit = panel.options?.yAxis?.unit;
  const ofBound = formatter(unit, theme, timeZone);
  const hasUnit = (field) => unit !== undefined && Number.isFinite(Number(field.name));
  const name = (field) => (hasUnit(field) ? ofBound(Number(field.name)) : getFieldDisplayName(field, joined));
  return { time, rows: values.map((field) => ({ name: name(field), values: field.values })) };
};

const rangeOf = (rows) => {
  const values = rows.flatMap((row) => row.values).filter((value) => Number.isFinite(value) && value > 0);
  return values.length === 0 ? { min: 0, max: 1 } : { min: Math.min(...values), max: Math.max(...values) };
};

const Scale = ({ range, color, format, left, top, width, theme }) => (
  <g>
    {Array.from({ length: steps }, (_, index) => (
      <rect
        key={index} x={left + (index * width) / steps} y={top} width={width / steps + 0.5} height={6}
        fill={color(range.min + ((range.max - range.min) * index) / (steps - 1))}
      />
    ))}
    <text x={left} y={top + 20} fontSize={fontSize} fill={theme.colors.text.primary}>{format(range.min)}</text>
    <text x={left + width} y={top + 20} fontSize={fontSize} textAnchor="end" fill={theme.colors.text.primary}>{format(range.max)}</text>
  </g>
);

export const Heatmap = ({ panel, data, fieldConfig, range: shown, width, height, theme, timeZone }) => {
  const { time, rows } = rowsOf(data, panel, theme, timeZone);
  const range = rangeOf(rows);
  const color = colorScale(panel.options?.color ?? {}, range, theme);
  const format = formatter(panel.options?.cellValues?.unit ?? fieldConfig.defaults.unit, theme, timeZone);
  const labels = Math.min(Math.max(...rows.map((row) => measureText(row.name, fontSize).width)) + 12, width / 2);
  const plot = { width: width - labels - 8, height: height - axisHeight - scaleHeight };
  const [from, to] = [shown.from.valueOf(), shown.to.valueOf()];
  const step = time.values.length > 1 ? time.values[1] - time.values[0] : to - from;
  const cell = { width: (step / (to - from)) * plot.width, height: plot.height / rows.length };
  const every = Math.ceil((fontSize + 4) / cell.height);
  return (
    <svg width={width} height={height} style={{ letterSpacing: 0 }}>
      {rows.map((row, index) => {
        const y = plot.height - (index + 1) * cell.height;
        return (
          <g key={row.name}>
            {index % every === 0 && (
              <text x={labels - 8} y={y + cell.height / 2 + 4} fontSize={fontSize} textAnchor="end" fill={theme.colors.text.primary}>
                {row.name}
              </text>
            )}
            {time.values.map((at, column) => row.values[column] > 0 && at >= from && (
              <rect
                key={at} x={labels + ((at - from) / (to - from)) * plot.width} y={y} width={Math.max(cell.width - 1, 1)}
                height={Math.max(cell.height - 1, 1)} fill={color(row.values[column])}
              />
            ))}
          </g>
        );
      })}
      <TimeAxis range={shown} left={labels} width={plot.width} top={plot.height + 15} theme={theme} timeZone={timeZone} />
      <Scale range={range} color={color} format={format} theme={theme} left={labels} top={height - scaleHeight + 4} width={Math.max(plot.width / 3, 120)} />
    </svg>
  );
};
