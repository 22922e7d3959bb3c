// Without a mouse.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withPage } from './browser.mjs';
import { facts } from './facts.mjs';

// Where the focus is, and how it is shown.
const focused = (page) =>
  page.evaluate(() => {
    const active = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    const box = active.getBoundingClientRect();
    return {
      name: active.tagName,
      text: active.textContent.trim(),
      worst: active.matches('.hosts .host:first-child h3 > a'),
      outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
      visible: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    };
  });

const skipLink = (browser) =>
  withPage(browser, facts.url, {}, async (page, complaints) => {
    await page.goto(`${facts.url}/targets`);
    await page.keyboard.press('Tab');
    assert.deepEqual(await focused(page), { name: 'A', text: 'To the content', worst: false, outlined: true, visible: true });
    await page.keyboard.press('Enter');
    assert.equal((await focused(page)).name, 'MAIN');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)), true);
    assert.deepEqual(complaints, []);
  });

const toTheWorstHost = (browser) =>
  withPage(browser, facts.url, {}, async (page, complaints) => {
    await page.goto(`${facts.url}/`);
    const wanted = await page.locator('.hosts .host h3 > a').first().innerText();
    let place;
    for (let steps = 0; steps < 40 && !place?.worst; ++steps) {
      await page.keyboard.press('Tab');
      place = await focused(page);
      assert.ok(place.outlined && place.visible, `the focus can't be seen at ${place.name} "${place.text}"`);
    }
    assert.equal(place.text, wanted);
    const answer = page.waitForResponse((response) => response.request().isNavigationRequest());
    await page.keyboard.press('Enter');
    assert.equal((await answer).status(), 200);
    await page.waitForURL(/\/targets\/.+/);
    assert.ok((await page.locator('main').innerText()).includes(wanted));
    assert.deepEqual(complaints, []);
  });

export const keyboard = (browser) => {
  it('the first stop of the Tab key leads to the content', () => skipLink(browser));
  it('the Tab and Enter keys lead from the overview to the worst host', () => toTheWorstHost(browser));
};
