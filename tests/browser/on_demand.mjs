// "Probe now" and "Diagnose" on the page of a target, with and without JavaScript.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patience, until, withPage } from './browser.mjs';
import { open } from './every_page.mjs';
import { change, facts } from './facts.mjs';
import { rows } from './site.mjs';

// What daemon/pages/assets/target.js makes: a place for lines, and one for what it came to, which is empty until the end.
const log = '#run [role=log]';
const result = '#run [role=status] .banner';
const button = (page, kind) => page.locator(`form[action$="/${kind}"] button`);

const openTarget = async (page, url, query) => {
  const [row] = await rows(url, query);
  await open(page, { path: `/targets/${row.id}`, status: 200 }, url);
};
const openReset = (page) => openTarget(page, facts.url, `q=${facts.reset.name}`);

// The host answers after half a second, so that there is a meanwhile; a probe of the schedule may be running, and is waited for.
const slowly = async (work) => {
  await change(facts.reset.address, { latency: '500ms' });
  try {
    await work();
  } finally {
    await change(facts.reset.address, { latency: '2ms' });
  }
};

const live = (browser, kind) =>
  slowly(() =>
    withPage(browser, facts.url, {}, async (page, complaints) => {
      await openReset(page);
      await button(page, kind).click();
      await page.waitForFunction((selector) => document.querySelector(selector)?.textContent.trim(), log);
      assert.equal(await button(page, kind).isDisabled(), true);
      assert.equal(await page.locator(result).count(), 0);
      await page.locator(result).waitFor({ timeout: 2 * patience });
      assert.match(await page.locator(result).innerText(), /connection_reset/);
      assert.match(await page.locator(log).innerText(), /\S\n+\S/);
      assert.equal(await button(page, kind).isEnabled(), true);
      assert.deepEqual(complaints, []);
    }));

// Each on a host of its own: a host has one run at a time, and so many connections a minute.
const withoutJavaScript = (browser, kind, { text }) =>
  withPage(browser, facts.url, { javaScriptEnabled: false }, async (page, complaints) => {
    await openTarget(page, facts.url, `group=${encodeURIComponent(text)}&state=down`);
    const answered = page.waitForResponse((response) => response.request().method() === 'POST', { timeout: 2 * patience });
    await button(page, kind).click({ timeout: 2 * patience });
    assert.equal((await answered).status(), 200);
    await page.waitForURL(new RegExp(`/targets/.+/${kind}$`));
    assert.equal(await page.locator('h1').count(), 1);
    assert.match(await page.locator('main').innerText(), /connection_reset/);
    assert.deepEqual(complaints, []);
  });

// The first probe is allowed, one of those that follow is not, and the page says so.
const cap = (browser) =>
  withPage(browser, facts.cappedUrl, {}, async (page) => {
    await openTarget(page, facts.cappedUrl, '');
    await until(async () => {
      await button(page, 'probe').click();
      await page.waitForFunction(([shown, pressed]) => document.querySelector(shown) && !document.querySelector(pressed).disabled,
        [result, 'form[action$="/probe"] button']);
      return (await page.locator(result).innerText()).includes('more connections to this host than');
    }, 'a probe that the cap refuses');
    assert.equal(await button(page, 'probe').isEnabled(), true);
  });

// One after another: they share hosts.
export const onDemand = (browser) => {
  const [, , , turned, long] = facts.hostile;
  describe('on demand', { concurrency: 1 }, () => {
    it('"Probe now" says what happens while it happens', () => live(browser, 'probe'));
    it('"Diagnose" says what happens while it happens', () => live(browser, 'diagnose'));
    it('"Probe now" without JavaScript', () => withoutJavaScript(browser, 'probe', turned));
    it('"Diagnose" without JavaScript', () => withoutJavaScript(browser, 'diagnose', long));
    it('"Probe now" says when the cap a minute refuses it', () => cap(browser));
  });
};
