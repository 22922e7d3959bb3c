// Names that do harm where they are taken for more than text. Groups, sites, labels, certificates and hosts' own names have them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withPage } from './browser.mjs';
import { open, tooWide } from './every_page.mjs';
import { facts } from './facts.mjs';
import { pathOf, rows } from './site.mjs';

const phone = { width: 360, height: 800 };

// The page shows these texts, and nothing on it is more than text.
const isText = (browser, path, status, texts, more = async () => {}) =>
  withPage(browser, facts.url, { viewport: phone }, async (page, complaints) => {
    await open(page, { path, status });
    assert.equal(await page.locator('main script, main img, main iframe, main [onerror]').count(), 0);
    const main = await page.locator('main').textContent();
    for (const text of texts) assert.ok(main.includes(text), `${path} does not show ${text}`);
    await more(page);
    assert.deepEqual([...await tooWide(page), ...complaints], []);
  });

// What is asked for comes back in the page's fields and messages.
const echoes = (browser, text) => {
  const asked = encodeURIComponent(text);
  return [
    ['the search field', () => isText(browser, `/targets?q=${asked}`, 200, [], async (page) =>
      assert.equal(await page.locator('input[type=search]').inputValue(), text))],
    ['a refused filter', () => isText(browser, `/targets?state=${asked}`, 400, [])],
    ['an unknown parameter', () => isText(browser, `/targets?${asked}=1`, 400, [])],
    ['an unknown target', () => isText(browser, `/targets/${asked}`, 404, [])],
    ['an unknown group', () => isText(browser, `/groups/${asked}`, 404, [])],
    ['an unknown cause', () => isText(browser, `/causes/${asked}`, 404, [])],
  ];
};

export const hostileNames = (browser) => {
  for (const { name, text } of facts.hostile) {
    const query = `group=${encodeURIComponent(text)}`;
    it(`${name} in the list of targets`, () => isText(browser, `/targets?${query}`, 200, [text]));
    it(`${name} on a target's page`, async () => {
      for (const { id } of await rows(facts.url, query)) await isText(browser, `/targets/${id}`, 200, [text]);
    });
    it(`${name} on a group's page`, () => isText(browser, `/groups/${pathOf(text)}`, 200, [text]));
  }
  const texts = facts.hostile.map(({ text }) => text);
  for (const path of ['/', '/groups', '/certificates'])
    it(`hostile names on ${path}`, () => isText(browser, path, 200, texts));
  for (const [where, check] of echoes(browser, texts[0])) it(`a script in ${where}`, check);
};
