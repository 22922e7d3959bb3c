// Annotations over a graph: a dashed line at the moment, with a mark at its foot, as Grafana has them.
const mark = (context, x, bottom, color, ratio) => {
  const half = 5 * ratio;
  context.setLineDash([4 * ratio, 4 * ratio]);
  context.stroke();
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(x, bottom - half);
  context.lineTo(x + half, bottom + half);
  context.lineTo(x - half, bottom + half);
  context.fill();
};

const draw = (plot, annotation, theme) => {
  const { ctx: context, bbox } = plot;
  const x = plot.valToPos(annotation.time, 'x', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const color = theme.visualization.getColorByName(annotation.color);
  context.save();
  context.strokeStyle = color;
  context.lineWidth = devicePixelRatio;
  context.beginPath();
  context.moveTo(x, bbox.top);
  context.lineTo(x, bbox.top + bbox.height);
  mark(context, x, bbox.top + bbox.height, color, devicePixelRatio);
  context.restore();
};

// Called while the plot is configured, which is before it is drawn; there is nothing to render beside it.
export const drawAnnotations = (config, annotations, theme) => {
  config.addHook('draw', (plot) => annotations.forEach((annotation) => draw(plot, annotation, theme)));
  return null;
};
