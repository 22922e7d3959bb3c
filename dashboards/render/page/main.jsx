// The page that a picture is taken of. `window.picture` says what to draw; `window.drawn` appears when all of it is
// there; `window.settled` waits until it is there again after the window has changed its size.
import { createRoot } from 'react-dom/client';
import { createTheme } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PortalContainer, ThemeContext } from '@grafana/ui';
import { annotations } from './annotations.mjs';
import { Dashboard } from './dashboard.jsx';
import { faults } from './faults.mjs';
import { places } from './layout.mjs';
import { timeRange } from './time.mjs';
import { resolve } from './variables.mjs';

const frame = () => new Promise((done) => requestAnimationFrame(done));

const hasRows = (id) => document.querySelector(`[data-panel="${id}"] [role="gridcell"]`) !== null;

// Graphs are drawn, and tables measured, in the frames after they have their data, and again when the window changes its size.
const settled = async (panels) => {
  const tables = panels.filter((panel) => panel.type === 'table' && !panel.empty && !panel.error);
  await document.fonts.ready;
  for (let left = 10; left > 0 || !tables.every((panel) => hasRows(panel.id)); left--) await frame();
};

const prepare = async (picture) => {
  const range = timeRange(picture.from, picture.to);
  const theme = createTheme({ colors: { mode: picture.theme } });
  const variables = await resolve(picture.dashboard.templating?.list ?? [], picture.variables, range);
  const context = { range, theme, timeZone: picture.timeZone, scrapeInterval: picture.scrapeInterval, variables };
  return { ...context, annotations: await annotations(picture.dashboard, context) };
};

const draw = (picture, context) =>
  new Promise((done) => {
    const panels = new Map();
    const expected = places(picture.dashboard, picture.width, picture.only).filter(({ panel }) => panel.type !== 'row').length;
    const onReady = (report) => {
      panels.set(report.id, report);
      if (panels.size === expected) done(panels);
    };
    createRoot(document.getElementById('root')).render(
      <ThemeContext.Provider value={context.theme}>
        <GlobalStyles />
        <Dashboard {...picture} context={context} onReady={onReady} />
        <PortalContainer />
      </ThemeContext.Provider>,
    );
  });

const start = async (picture) => {
  await initPluginTranslations('grafana', []);
  const context = await prepare(picture);
  document.body.style.background = context.theme.colors.background.canvas;
  const panels = [...(await draw(picture, context)).values()];
  window.settled = () => settled(panels);
  await window.settled();
  return { panels: panels.map((panel) => ({ ...panel, faults: faults(panel.id) })) };
};

start(window.picture).then(
  (drawn) => { window.drawn = drawn; },
  (error) => { window.drawn = { error: String(error.stack ?? error) }; },
);
