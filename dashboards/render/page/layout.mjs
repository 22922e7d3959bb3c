// Where panels are: Grafana's grid of 24 columns and rows of 30 pixels with gaps of 8; on a phone one under the other.
export const columns = 24;
export const gap = 8;
const rowHeight = 30;
const phone = 768;

const heightOf = (rows) => rows * (rowHeight + gap) - gap;

const onGrid = (panel, width) => {
  const column = (width + gap) / columns;
  const { x, y, w, h } = panel.gridPos;
  return { panel, left: x * column, top: y * (rowHeight + gap), width: w * column - gap, height: heightOf(h) };
};

const inReadingOrder = (a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x;

const stacked = (panels, width) => {
  let top = 0;
  return [...panels].sort(inReadingOrder).map((panel) => {
    const place = { panel, left: 0, top, width, height: heightOf(panel.gridPos.h) };
    top += place.height + gap;
    return place;
  });
};

// `only`: the ids of the panels that are wanted, all of them if there is no such list. They move up to the top.
const wanted = (panels, only) => {
  if (only === undefined) return panels;
  const kept = panels.filter((panel) => only.includes(panel.id));
  const top = Math.min(...kept.map((panel) => panel.gridPos.y));
  return kept.map((panel) => ({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y - top } }));
};

export const places = (dashboard, width, only) => {
  const panels = wanted(dashboard.panels, only);
  return width < phone ? stacked(panels, width) : panels.map((panel) => onGrid(panel, width));
};

export const bottom = (placed) => Math.max(...placed.map((place) => place.top + place.height));
