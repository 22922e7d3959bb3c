// What holds for every page, on a phone, a laptop and a wall screen, in light and in dark, with JavaScript and without.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bringAxe, until, violations, withPage } from './browser.mjs';
import { facts } from './facts.mjs';

const sizes = [{ width: 360, height: 800 }, { width: 1280, height: 900 }, { width: 1920, height: 1080 }];
const schemes = ['light', 'dark'];

const open = async (page, { path, status }) => {
  const response = await page.goto(facts.url + path, { waitUntil: 'load' });
  assert.equal(response.status(), status, `status of ${path}`);
  return response;
};

const tooWide = async (page) => {
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  return scroll > client ? [`the document is ${scroll} px wide in a window of ${client} px`] : [];
};

export const looksRight = (browser, subject, viewport, more = async () => {}) =>
  withPage(browser, facts.url, { viewport }, async (page, complaints) => {
    await bringAxe(page);
    await open(page, subject);
    assert.match(await page.title(), /^\S.* · rdpwatch$/);
    assert.equal(await page.locator('h1').count(), 1, 'headings of the first level');
    assert.notEqual((await page.locator('h1').textContent()).trim(), '');
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      const found = [...await tooWide(page), ...await violations(page)];
      assert.deepEqual(found.map((line) => `${colorScheme}: ${line}`), []);
    }
    await more(page);
    assert.deepEqual(complaints, []);
  });

// Times go on, and so do numbers that are measured.
const lasting = (text) =>
  text.replace(/less than a minute|\d+ (min|days)|\d+ h \d+ min/g, 'AGO').replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, 'TIME')
    .replace(/\d+(\.\d+)?/g, 'N').replace(/\s+/g, ' ').trim();

const mainText = (browser, subject, javaScriptEnabled) =>
  withPage(browser, facts.url, { javaScriptEnabled }, async (page, complaints) => {
    await open(page, subject);
    const text = lasting(await page.locator('main').textContent());
    assert.deepEqual(complaints, []);
    return text;
  });

// What a host did since may have changed the text in between; then both are read again.
const sameWithoutScripts = async (browser, subject) => {
  let texts;
  await until(async () => {
    texts = [await mainText(browser, subject, true), await mainText(browser, subject, false)];
    return texts[0] === texts[1];
  }, 'the same text', 5_000).catch(() => assert.equal(texts[1], texts[0]));
  assert.notEqual(texts[0], '');
};

const headers = (browser, subject) =>
  withPage(browser, facts.url, {}, async (page) => {
    const { 'content-security-policy': policy, 'x-content-type-options': sniff } = (await open(page, subject)).headers();
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(sniff, 'nosniff');
  });

const inlineScriptIsRefused = (browser) =>
  withPage(browser, facts.url, {}, async (page, complaints) => {
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
    for (const size of sizes)
      it(`${subject.path} at ${size.width}x${size.height}`, () => looksRight(browser, subject, size));
    it(`${subject.path} is the same without JavaScript`, () => sameWithoutScripts(browser, subject));
    it(`${subject.path} has the headers of a page`, () => headers(browser, subject));
  }
  it('an inline script is not run', () => inlineScriptIsRefused(browser));
};
