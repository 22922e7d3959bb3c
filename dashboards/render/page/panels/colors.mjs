// Colours of a heat map, from the lowest value to the highest. Grafana's schemes are d3's; here are few stops of each.
const schemes = {
  oranges: ['#fff5eb', '#fdae6b', '#f16913', '#7f2704'],
  blues: ['#f7fbff', '#9ecae1', '#4292c6', '#08306b'],
  greens: ['#f7fcf5', '#a1d99b', '#41ab5d', '#00441b'],
  reds: ['#fff5f0', '#fc9272', '#ef3b2c', '#67000d'],
  spectral: ['#9e0142', '#fdae61', '#ffffbf', '#66c2a5', '#5e4fa2'],
  rdylgn: ['#a50026', '#fdae61', '#ffffbf', '#66bd63', '#006837'],
  turbo: ['#23171b', '#2f9df5', '#4df884', '#dedd32', '#f65f18', '#900c00'],
};

const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

const between = (stops, share) => {
  const place = share * (stops.length - 1);
  const index = Math.min(Math.floor(place), stops.length - 2);
  const [low, high] = [channels(stops[index]), channels(stops[index + 1])];
  return `rgb(${low.map((from, channel) => Math.round(from + (high[channel] - from) * (place - index))).join(',')})`;
};

// Sequential schemes end dark; on a dark theme Grafana turns them round, so that much is bright.
const stopsOf = (options, theme) => {
  const name = (options.scheme ?? 'Oranges').toLowerCase();
  const stops = schemes[name] ?? schemes.oranges;
  const sequential = !['spectral', 'rdylgn', 'turbo'].includes(name);
  const turned = (sequential && theme.isDark) !== (options.reverse ?? false);
  return turned ? [...stops].reverse() : stops;
};

export const colorScale = (options, range, theme) => {
  const stops = stopsOf(options, theme);
  const min = options.min ?? range.min;
  const max = options.max ?? range.max;
  return (value) => between(stops, max > min ? Math.min(Math.max((value - min) / (max - min), 0), 1) : 1);
};
