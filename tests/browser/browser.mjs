// Debian's Chromium without a window, and pages in it that write down whatever a reader's browser would complain of.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A busy machine may take long; nothing waits so long unless it fails.
export const patience = 20_000;

const laptop = { width: 1280, height: 900 };

// Nothing but loopback is resolved; the sandbox can't be had as root.
export const launch = (executablePath) =>
  chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--hide-scrollbars', '--disable-component-update'],
  });

// What went wrong on the page so far, a line each. Chromium reports the answer of a page that is a fault by itself as an
// error on its console.
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
  // A page that is left gives up what it was still asking for.
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') complaints.push(`request failed: ${request.url()}: ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) complaints.push(`${response.status()}: ${response.url()}`);
  });
};

const open = async (browser, settings) => {
  const context = await browser.newContext({ viewport: laptop, ...settings });
  context.setDefaultTimeout(patience);
  return context.newPage();
};

// Runs work(page, complaints) with a page of its own, for tests that change more of it than its address. `settings` are those of
// Playwright's browser.newContext().
export const withOwnPage = async (browser, url, settings, work) => {
  const page = await open(browser, settings);
  try {
    const complaints = [];
    listen(page, new URL(url).origin, complaints);
    return await work(page, complaints);
  } finally {
    await page.context().close();
  }
};

const idle = { true: [], false: [] };  // by javaScriptEnabled

// Runs work(page, complaints) with a page that another test had before: to open one costs far more than all that most tests do
// with it. axe is in it before the page's own scripts: the Content-Security-Policy lets nothing in afterwards.
export const withPage = async (browser, url, { viewport = laptop, javaScriptEnabled = true }, work) => {
  let page = idle[javaScriptEnabled].pop();
  if (!page) {
    page = await open(browser, { javaScriptEnabled });
    if (javaScriptEnabled) await page.addInitScript({ content: axe });
  }
  try {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: 'light' });
    const complaints = [];
    listen(page, new URL(url).origin, complaints);
    const made = await work(page, complaints);
    page.removeAllListeners();
    idle[javaScriptEnabled].push(page);
    return made;
  } catch (error) {
    await page.context().close();
    throw error;
  }
};

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
