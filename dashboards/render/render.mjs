#!/usr/bin/env node
// Draws a dashboard of ours against a live Prometheus and writes a picture. See README.md.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { basename } from 'node:path';
import { picture } from './browser.mjs';
import { bundle } from './bundle.mjs';
import { serve } from './server.mjs';

const usage = `Usage: node render.mjs --prometheus URL --dashboard FILE --out PNG [--var NAME=VALUE]... [--width PIXELS]
  [--theme dark|light] [--from now-1h] [--to now] [--time-zone utc] [--scrape-interval 15s] [--panels ID,ID] [--scale 1]
  [--chromium /usr/bin/chromium]`;

const options = {
  prometheus: { type: 'string' },
  dashboard: { type: 'string' },
  out: { type: 'string' },
  var: { type: 'string', multiple: true, default: [] },
  width: { type: 'string', default: '1600' },
  theme: { type: 'string', default: 'dark' },
  from: { type: 'string' },
  to: { type: 'string' },
  'time-zone': { type: 'string', default: 'utc' },
  'scrape-interval': { type: 'string', default: '15s' },
  panels: { type: 'string' },
  scale: { type: 'string', default: '1' },
  chromium: { type: 'string', default: '/usr/bin/chromium' },
};

const variables = (given) => {
  const values = {};
  for (const pair of given) {
    const [name, ...value] = pair.split('=');
    (values[name] ??= []).push(value.join('='));
  }
  return values;
};

const version = async (name) =>
  JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

const footer = async (file) =>
  `Rendered from dashboards/${basename(file)} with @grafana/ui ${await version('@grafana/ui')} against a live Prometheus; ` +
  'not a screenshot of Grafana';

const whatToDraw = async (args) => {
  const dashboard = JSON.parse(await readFile(args.dashboard, 'utf8'));
  return {
    dashboard,
    variables: variables(args.var),
    width: Number(args.width),
    theme: args.theme,
    from: args.from ?? dashboard.time?.from ?? 'now-1h',
    to: args.to ?? dashboard.time?.to ?? 'now',
    timeZone: args['time-zone'],
    scrapeInterval: args['scrape-interval'],
    only: args.panels?.split(',').map(Number),
    footer: await footer(args.dashboard),
  };
};

const line = ({ id, type, title, frames, rows, empty, error, faults }) => {
  const state = error ? `ERROR ${error}` : empty ? 'empty' : `${frames} frames, ${rows} rows`;
  return [`${id}\t${type}\t${title}\t${state}`, ...faults.map((fault) => `\t${fault}`)].join('\n');
};

const run = async (args) => {
  const server = await serve(args.prometheus, await bundle(), await whatToDraw(args));
  try {
    const { image, drawn, complaints } = await picture(server.address, args);
    complaints.forEach((complaint) => console.error(complaint));
    if (drawn.error) throw new Error(drawn.error);
    await writeFile(args.out, image);
    console.log(drawn.panels.sort((a, b) => a.id - b.id).map(line).join('\n'));
    return drawn.panels.some((panel) => panel.error) ? 1 : 0;
  } finally {
    server.close();
  }
};

const main = async () => {
  const { values: args } = parseArgs({ options });
  if (!args.prometheus || !args.dashboard || !args.out) {
    console.error(usage);
    return 2;
  }
  return run(args);
};

process.exitCode = await main().catch((error) => {
  console.error(String(error.message ?? error));
  return 1;
});
