// The axis of time of the panels that are drawn here: round times, as many as have room.
import { dateTimeFormat } from '@grafana/data';

const MINUTE = 60_000;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);
const roomForOne = 100;

const ticks = (range, width) => {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const wanted = ((to - from) * roomForOne) / width;
  const step = steps.find((one) => one >= wanted) ?? steps.at(-1);
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(Math.floor((to - first) / step) + 1, 0) }, (_, index) => first + index * step);
};

export const TimeAxis = ({ range, left, width, top, theme, timeZone }) => {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  return ticks(range, width).map((time) => (
    <text
      key={time} x={left + ((time - from) / (to - from)) * width} y={top} fontSize={12} textAnchor="middle"
      fill={theme.colors.text.primary}
    >
      {dateTimeFormat(time, { timeZone, format: 'HH:mm' })}
    </text>
  ));
};
