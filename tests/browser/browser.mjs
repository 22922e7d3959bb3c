// Debian's Chromium without a window, and pages in it that write down whatever a reader's browser would complain of.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A busy machine may take long; nothing waits so long unless it fails.
export const patience = 20_000;

// Nothing but loopback is resolved; the sandbox can't be had as root.
export const launch = (executablePath) =>
  chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--hide-scrollbars', '--disable-component-update'],
  });

// What went wrong on the page so far, a line each. Chromium reports the answer of a page that is a fault by itself as an
// error on its console; `url` names such a page.
const listen = (page, origin, complaints) => {
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('dialog', async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('console', (message) => {
    const ownStatus = message.location().url === page.url() && message.text().startsWith('Failed to load resource: the server responded with a status of 4');
    if (['error', 'warning'].includes(message.type()) && !ownStatus) complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`request to another origin: ${request.url()}`);
  });
  page.on('requestfailed', (request) => complaints.push(`request failed: ${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) complaints.push(`${response.status()}: ${response.url()}`);
  });
};

// Runs work(page, complaints) in a context of its own. `settings` are those of Playwright's browser.newContext().
export const withPage = async (browser, url, settings, work) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  context.setDefaultTimeout(patience);
  try {
    const page = await context.newPage();
    const complaints = [];
    listen(page, new URL(url).origin, complaints);
    return await work(page, complaints);
  } finally {
    await context.close();
  }
};

// axe goes in before the page's own scripts: the pages' Content-Security-Policy lets nothing in afterwards.
export const bringAxe = (page) => page.addInitScript({ content: axe });

// What of a page breaks a rule of axe: a line for each element and rule. `rules`: these alone; all of them without.
export const violations = async (page, rules) => {
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const found = await page.evaluate(async (asked) => (await window.axe.run(document, asked)).violations, options);
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `axe ${id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`));
};

// The first true value of look(), asked for again and again.
export const until = async (look, what, milliseconds = patience) => {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
