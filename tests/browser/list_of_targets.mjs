// The list of targets: its filters, the chips that take them away, its order, its pages and its other forms.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withPage } from './browser.mjs';
import { facts } from './facts.mjs';
import { rows } from './site.mjs';

// At another size of the page than the default, so that filters and orders have to keep it.
const list = (browser, query, work) =>
  withPage(browser, facts.url, {}, async (page, complaints) => {
    await page.goto(`${facts.url}/targets?${query}`);
    await work(page);
    assert.deepEqual(complaints, []);
  });

const column = (page, title) => page.locator(`tbody td[data-title="${title}"]`).allInnerTexts();
const parameters = (page) => new URL(page.url()).searchParams;
const submit = async (page) => {
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.waitForURL(/[?&]q=/);
};

const fill = async (page, name, value) => {
  const field = page.locator(`.filters [name="${name}"]`);
  if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
  else await field.fill(value);
};

// Each filter alone: the value, the column that shows it, and what each of its rows has to look like there.
const filters = [
  ['state', 'down', 'State', /^down$/],
  ['reason', 'connection_reset', 'Why', /^connection_reset in /],
  ['cause', 'private_key_unreadable', 'Why', /^connection_/],
  ['group', 'rdsh-fra', 'Group', /^rdsh-fra\b/],
  ['site', 'ams1', 'Group', /\bams1$/],
  ['q', 'RDSH-lon-1', 'Target', /^rdsh-lon-10\./],
];

const filtersAndItsChip = (browser, name, value, title, expected) =>
  list(browser, 'per_page=200', async (page) => {
    const all = (await column(page, 'Target')).length;
    await fill(page, name, value);
    await submit(page);
    assert.equal(parameters(page).get(name), value);
    assert.equal(parameters(page).get('per_page'), '200');
    const shown = await column(page, title);
    assert.ok(shown.length > 0 && shown.length < all, `${shown.length} of ${all} rows`);
    for (const text of shown) assert.match(text, expected);
    assert.equal(await page.locator(`.filters [name="${name}"]`).inputValue(), value);
    await page.getByRole('link', { name: `Without ${name}: ${value}`, exact: true }).click();
    await page.waitForURL((url) => !url.searchParams.get(name));
    assert.equal((await column(page, 'Target')).length, all);
    assert.equal(await page.locator('.chips').count(), 0);
  });

const filtersTogether = (browser) =>
  list(browser, 'sort=target&per_page=200', async (page) => {
    await fill(page, 'state', 'down');
    await fill(page, 'site', 'fra1');
    await submit(page);
    const names = await column(page, 'Target');
    assert.deepEqual(names, (await rows(facts.url, 'state=down&site=fra1&sort=target')).map(({ target }) => target));
    assert.equal(names.length, 10);
    await page.getByRole('link', { name: 'Without site: fra1', exact: true }).click();
    await page.waitForURL((url) => !url.searchParams.get('site'));
    assert.deepEqual([parameters(page).get('state'), parameters(page).get('sort')], ['down', 'target']);
    await page.locator('.chips').getByRole('link', { name: 'All targets', exact: true }).click();
    await page.waitForURL(`${facts.url}/targets`);
  });

const nothingFits = (browser) =>
  list(browser, 'q=nobody.example', async (page) => {
    assert.match(await page.locator('main').innerText(), /No target is like that\. All targets/);
    assert.match(await page.locator('main').innerText(), /0 to 0 of 0 \(of \d+ in all\)/);
  });

const sorts = (browser, title, values) =>
  list(browser, 'group=rdsh-lon&group=rdsh-ams', async (page) => {
    const header = page.locator('thead th', { hasText: title });
    for (const [direction, sign] of [['ascending', 1], ['descending', -1]]) {
      await header.getByRole('link').click();
      await page.waitForFunction(([text, sorted]) =>
        [...document.querySelectorAll('thead th')].some((th) => th.textContent.includes(text) && th.ariaSort === sorted), [title, direction]);
      const shown = (await column(page, title)).map(values);
      assert.equal(shown.length, 16);
      assert.deepEqual(shown, [...shown].sort((a, b) => sign * (a < b ? -1 : a > b ? 1 : 0)));
      assert.deepEqual(parameters(page).getAll('group'), ['rdsh-lon', 'rdsh-ams']);
    }
  });

const pages = (browser) =>
  list(browser, 'per_page=40&sort=target', async (page) => {
    const seen = [];
    const total = (await rows(facts.url, 'per_page=1000')).length;
    const last = Math.ceil(total / 40);
    assert.ok(last >= 3);
    for (let number = 1; ; ++number) {
      seen.push(...await column(page, 'Target'));
      assert.match(await page.locator('.pager').innerText(), new RegExp(`Page ${number} of ${last}\\b`));
      if (number === last) break;
      await page.getByRole('link', { name: 'Next', exact: true }).click();
      await page.waitForURL((url) => url.searchParams.get('page') === String(number + 1));
      assert.deepEqual([parameters(page).get('per_page'), parameters(page).get('sort')], ['40', 'target']);
    }
    assert.equal(await page.getByRole('link', { name: 'Next', exact: true }).count(), 0);
    assert.equal(new Set(seen).size, total);
    await page.getByRole('link', { name: 'Previous', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('page') === String(last - 1));
    assert.deepEqual(await column(page, 'Target'), seen.slice((last - 2) * 40, (last - 1) * 40));
  });

const otherForms = (browser) =>
  list(browser, 'group=rdsh-fra&sort=target&per_page=2', async (page) => {
    const follow = async (name) => {
      const address = await page.getByRole('link', { name, exact: true }).evaluate((link) => link.href);
      const response = await page.request.get(address);
      assert.equal(response.status(), 200);
      return response;
    };
    const csv = await follow('CSV');
    assert.match(csv.headers()['content-type'], /^text\/csv/);
    const lines = (await csv.text()).trim().split('\r\n');
    const json = await (await follow('JSON')).json();
    const names = json.targets.map(({ target }) => target);
    assert.equal(names.length, 5);
    assert.equal(lines.length, 6);
    lines.slice(1).forEach((line, index) => assert.ok(line.includes(names[index]), line));
  });

export const listOfTargets = (browser) => {
  for (const [name, value, title, expected] of filters)
    it(`the list of targets by ${name}, and without it again`, () => filtersAndItsChip(browser, name, value, title, expected));
  it('the list of targets by several filters', () => filtersTogether(browser));
  it('the list of targets when none fits', () => nothingFits(browser));
  it('the list of targets by name, both ways', () => sorts(browser, 'Target', (text) => text));
  it('the list of targets by days to expiry, both ways', () => sorts(browser, 'Certificate', parseFloat));
  it('the list of targets page by page', () => pages(browser));
  it('the list of targets as CSV and JSON', () => otherForms(browser));
};
