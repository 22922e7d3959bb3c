// Pages refresh themselves in place. The page's clock is the test's, so that nobody waits for it; the hosts' is the real one.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { until, withOwnPage } from './browser.mjs';
import { change, facts } from './facts.mjs';
import { rows } from './site.mjs';

const interval = 15_000;  // of the pages, see daemon/pages/templates/layout.html

const withClock = (browser, path, settings, work) =>
  withOwnPage(browser, facts.url, settings, async (page, complaints) => {
    await page.clock.install();
    await page.goto(facts.url + path);
    await page.evaluate(() => { window.notReloaded = true; });
    await work(page, complaints);
    assert.equal(await page.evaluate(() => window.notReloaded), true);
  });

const nextRefresh = async (page, path) => {
  const answer = page.waitForResponse(facts.url + path);
  await page.clock.runFor(interval);
  await (await answer).finished();
};

const place = (page) =>
  page.evaluate(() => ({ top: scrollY, focus: document.activeElement.getAttribute('href'), tag: document.activeElement.tagName }));

const showsWhatBrokeAndWasRepaired = (browser) =>
  withClock(browser, '/', { viewport: { width: 1280, height: 400 } }, async (page, complaints) => {
    const { name, address } = facts.breakable;
    const down = () => page.locator('.tile-down strong').innerText().then(Number);
    const link = page.locator('main a[href$="targets?site=lon1"]');
    await link.scrollIntoViewIfNeeded();
    await link.focus();
    const before = await place(page);
    assert.ok(before.top > 0);
    const healthy = await down();
    for (const [fault, state, expected] of [[{ at: 'client_hello', then: 'reset' }, 'down', healthy + 1], [undefined, 'up', healthy]]) {
      await change(address, { fault });
      await until(async () => (await rows(facts.url, `q=${name}`))[0].state === state, `${name} to be ${state}`, 60_000);
      await nextRefresh(page, '/');
      await page.waitForFunction((count) => Number(document.querySelector('.tile-down strong').textContent) === count, expected);
      const now = await place(page);
      assert.deepEqual([now.focus, now.tag], [before.focus, 'A']);
      // What broke stands above the list of sites and may move it; the page stays where its reader scrolled to.
      assert.ok(now.top > 0);
      if (state === 'up') assert.equal(now.top, before.top);
    }
    assert.deepEqual(complaints, []);
  });

const doesNotDisturbTyping = (browser) =>
  withClock(browser, '/targets', {}, async (page, complaints) => {
    const search = page.locator('input[type=search]');
    await search.fill('rdsh');
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.clock.runFor(3 * interval);
    assert.deepEqual(requests, []);
    assert.equal(await search.inputValue(), 'rdsh');
    await search.blur();
    await nextRefresh(page, '/targets');
    assert.deepEqual(complaints, []);
  });

const saysThatTheDaemonIsGone = (browser) =>
  withClock(browser, '/', {}, async (page, complaints) => {
    const note = page.locator('[data-refresh-note]');
    const text = await page.locator('main').innerText();
    await page.route(`${facts.url}/`, (route) => route.abort('connectionrefused'));
    await page.clock.runFor(interval);
    await page.waitForFunction(() => document.querySelector('[data-refresh-note]').textContent !== '');
    assert.match(await note.innerText(), /^Not refreshed: the daemon did not answer/);
    assert.equal(await note.getAttribute('role'), 'status');
    assert.equal(await page.locator('main').innerText(), text);
    assert.ok(complaints.length > 0 && complaints.every((line) => line.includes('ERR_CONNECTION_REFUSED')), complaints.join('\n'));
    await page.unroute(`${facts.url}/`);
    await nextRefresh(page, '/');
    await page.waitForFunction(() => document.querySelector('[data-refresh-note]').textContent === '');
  });

export const refreshing = (browser) => {
  it('a page shows in place that a host broke, and that it was repaired', () => showsWhatBrokeAndWasRepaired(browser));
  it('a page is not refreshed while somebody types', () => doesNotDisturbTyping(browser));
  it('a page says that the daemon is gone, and no more when it is back', () => saysThatTheDaemonIsGone(browser));
};
