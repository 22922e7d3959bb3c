// What holds for every page, on a phone, a laptop and a wall screen, in light and in dark, with JavaScript and without.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { until, violations, withOwnPage, withPage } from './browser.mjs';
import { facts } from './facts.mjs';

const phone = { width: 360, height: 800 };
const laptop = { width: 1280, height: 900 };
const wall = { width: 1920, height: 1080 };
// All rules for a phone in light and for a laptop in dark. In the other scheme of a laptop nothing but colours is another, so
// there it is these rules; a wall screen has the laptop's colours and elements.
const rulesOfColours = ['color-contrast', 'link-in-text-block'];
const looks = [
  [phone, 'light', (page) => violations(page)],
  [phone, 'dark', () => []],
  [laptop, 'light', (page) => violations(page, rulesOfColours)],
  [laptop, 'dark', (page) => violations(page)],
  [wall, 'light', () => []],
  [wall, 'dark', () => []],
];

export const open = async (page, { path, status }, url = facts.url) => {
  const response = await page.goto(url + path, { waitUntil: 'load' });
  assert.equal(response.status(), status, `status of ${path}`);
  assert.equal(response.headers()['content-type'], 'text/html; charset=utf-8');
  return response;
};

export const tooWide = async (page) => {
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  return scroll > client ? [`the document is ${scroll} px wide in a window of ${client} px`] : [];
};

const headers = (response) => {
  const { 'content-security-policy': policy, 'x-content-type-options': sniff } = response.headers();
  assert.match(policy ?? 'none', /^default-src 'none'; style-src 'self'; script-src 'self'; /);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.equal(sniff, 'nosniff');
};

const looksRight = (browser, subject) =>
  withPage(browser, facts.url, { viewport: phone }, async (page, complaints) => {
    headers(await open(page, subject));
    assert.match(await page.title(), /^\S.* · rdpwatch$/);
    assert.equal(await page.locator('h1').count(), 1, 'headings of the first level');
    assert.notEqual((await page.locator('h1').textContent()).trim(), '');
    const found = [];
    for (const [size, colorScheme, broken] of looks) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      const lines = [...await tooWide(page), ...await broken(page)];
      found.push(...lines.map((line) => `${size.width}x${size.height}, ${colorScheme}: ${line}`));
    }
    assert.deepEqual([...found, ...complaints], []);
  });

// Times go on, so do numbers that are measured, and another host is soon the one that was looked at longest ago.
const lasting = (text) =>
  text.replace(/less than a minute|\d+ (min|days)|\d+ h \d+ min/g, 'AGO').replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, 'TIME')
    .replace(/\d+(\.\d+)?/g, 'N').replace(/\s+/g, ' ').replace(/Oldest result.*?, AGO/, 'Oldest result').trim();

const mainText = async (page, subject) => {
  await open(page, subject);
  return lasting(await page.locator('main').textContent());
};

// The same text from where the two differ.
const difference = (one, other) => {
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return [one, other].map((text) => text.slice(Math.max(0, at - 20), at + 80));
};

// What a host did since may have changed the text in between; then both are read again. They are read at once, because
// somewhere in the fleet a cause or a time changes every second or two.
const sameWithoutScripts = (browser, subject) =>
  withPage(browser, facts.url, {}, (withScripts, complaints) =>
    withPage(browser, facts.url, { javaScriptEnabled: false }, async (without, complaintsWithout) => {
      let texts;
      const deadline = Date.now() + 30_000;
      do texts = await Promise.all([mainText(withScripts, subject), mainText(without, subject)]);
      while (texts[0] !== texts[1] && Date.now() < deadline);
      if (texts[0] !== texts[1]) assert.deepEqual(...difference(...texts));
      assert.notEqual(texts[0], '');
      assert.deepEqual([...complaints, ...complaintsWithout], []);
    }));

const inlineScriptIsRefused = (browser) =>
  withOwnPage(browser, facts.url, {}, async (page, complaints) => {
    await page.route(`${facts.url}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('</main>', '<script>window.ran = true</script></main>');
      await route.fulfill({ response, body });
    });
    await page.goto(`${facts.url}/`);
    await until(() => complaints.length > 0, 'a complaint about the script');
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.equal(complaints.length, 1);
    assert.match(complaints[0], /^console: .*inline script.* violates .*Content Security Policy/);
  });

export const everyPage = (browser, pages) => {
  for (const subject of pages) {
    it(`${subject.path} on screens of three sizes, in light and dark`, () => looksRight(browser, subject));
    it(`${subject.path} is the same without JavaScript`, () => sameWithoutScripts(browser, subject));
  }
  it('an inline script is not run', () => inlineScriptIsRefused(browser));
};
