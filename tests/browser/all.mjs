// The tests of the pages, with one browser for all of them. tests/e2e/browser_test.py starts what they look at and sets
// RDPWATCH_BROWSER_FACTS, which facts.mjs describes.
import { after, describe } from 'node:test';
import { launch } from './browser.mjs';
import { facts } from './facts.mjs';
import { allPages } from './site.mjs';
import { everyPage } from './every_page.mjs';
import { hostileNames } from './hostile_names.mjs';
import { keyboard } from './keyboard.mjs';
import { listOfTargets } from './list_of_targets.mjs';
import { onDemand } from './on_demand.mjs';
import { refreshing } from './refreshing.mjs';

const browser = await launch(facts.chromium);
const pages = await allPages(facts.url, facts.reset.name);

describe('pages', () => {
  after(() => browser.close());
  describe('as they are', { concurrency: 2, timeout: 240_000 }, () => {
    everyPage(browser, pages);
    hostileNames(browser);
  });
  describe('in use', { concurrency: 2, timeout: 240_000 }, () => {
    refreshing(browser);
    onDemand(browser);
    keyboard(browser);
    listOfTargets(browser);
  });
});
