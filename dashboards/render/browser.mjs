// Debian's Chromium without a window: opens the page, waits until it says that it is drawn, and takes its picture.
import puppeteer from 'puppeteer-core';

const patience = 60_000;

// Nothing but loopback is resolved; the sandbox cannot be had as root.
const flags = () => [
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--hide-scrollbars', '--font-render-hinting=none', '--force-color-profile=srgb',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

// What could not be loaded is said with its address below.
const withoutAddress = /Failed to load resource/;

const listen = (page, complaints) => {
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type()) && !withoutAddress.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
};

const shot = async (page, width, scale) => {
  const height = await page.evaluate(() => Math.ceil(document.getElementById('root').getBoundingClientRect().height));
  await page.setViewport({ width, height, deviceScaleFactor: scale });
  await page.evaluate('window.settled()');
  return page.screenshot({ type: 'png', captureBeyondViewport: false });
};

export const picture = async (address, { chromium, width, scale }) => {
  const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args: flags(), protocolTimeout: patience });
  try {
    const page = await browser.newPage();
    const complaints = [];
    listen(page, complaints);
    await page.setViewport({ width: Number(width), height: 1200, deviceScaleFactor: Number(scale) });
    await page.goto(address, { timeout: patience });
    await page.waitForFunction('window.drawn !== undefined', { timeout: patience });
    const drawn = await page.evaluate('window.drawn');
    const image = drawn.error ? undefined : await shot(page, Number(width), Number(scale));
    return { image, drawn, complaints };
  } finally {
    await browser.close();
  }
};
