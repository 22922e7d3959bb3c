// Serves the page on loopback, with what to draw, the icons and fonts of Grafana, and Prometheus behind the same origin.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

const modules = new URL('node_modules/', import.meta.url);

// Where Grafana's components look for icons and fonts, and which packages have them.
const inter = (style) => `@fontsource/inter/files/inter-latin-${style}.woff2`;
const fonts = {
  'inter/Inter-Regular': inter('400-normal'),
  'inter/Inter-Medium': inter('500-normal'),
  'inter/Inter-Italic': inter('400-italic'),
  'inter/Inter-MediumItalic': inter('500-italic'),
};
const monospace = '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2';

const page = (picture) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="stylesheet" href="/style.css"></head><body style="margin:0"><div id="root"></div>
<script>window.__grafana_public_path__ = '/public/'; window.picture = ${JSON.stringify(picture).replace(/</g, '\\u003c')};</script>
<script src="/script.js"></script></body></html>`;

const send = (response, type, body, status = 200) => {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
};

const forward = async (response, prometheus, path) => {
  const answer = await fetch(new URL(path, prometheus));
  send(response, 'application/json', await answer.text(), answer.status);
};

const packaged = async (response, path, type) => {
  const file = new URL(path, modules);
  if (!file.href.startsWith(modules.href)) return send(response, 'text/plain', 'not found', 404);
  send(response, type, await readFile(file));
};

const answer = async (request, response, prometheus, files) => {
  const { pathname, search } = new URL(request.url, 'http://127.0.0.1');
  if (files[pathname]) return send(response, ...files[pathname]);
  if (pathname.startsWith('/prometheus/')) return forward(response, prometheus, pathname.slice('/prometheus'.length) + search);
  const [, icon] = pathname.match(/^\/public\/build\/(.+\.svg)$/) ?? [];
  if (icon) return packaged(response, `@grafana/ui/dist/public/${icon}`, 'image/svg+xml');
  const [, font] = pathname.match(/^\/public\/fonts\/(.+)\.woff2$/) ?? [];
  if (font) return packaged(response, fonts[font] ?? monospace, 'font/woff2');
  send(response, 'text/plain', 'not found', 404);
};

export const serve = (prometheus, { script, style }, picture) => {
  const files = {
    '/': ['text/html; charset=utf-8', page(picture)],
    '/script.js': ['text/javascript; charset=utf-8', script],
    '/style.css': ['text/css; charset=utf-8', style],
    '/favicon.ico': ['image/x-icon', ''],
  };
  const server = createServer((request, response) =>
    answer(request, response, prometheus, files).catch((error) => send(response, 'text/plain', String(error), 502)));
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      done({ address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() });
    });
  });
};
