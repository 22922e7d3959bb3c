// Pictures of the pages of a running daemon: npm run screenshots -- URL FOLDER [HOST]. Each page light and dark on a laptop, and on
// a phone, as NAME-light.png, NAME-dark.png and NAME-phone.png. HOST is a part of the name of the failing host whose page is
// taken; without it, the worst that resets. CHROMIUM names the browser where it is not /usr/bin/chromium. Where there is pngquant
// (Debian's package of that name), the pictures have a palette.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launch, withPage } from './browser.mjs';
import { allPages } from './site.mjs';

const looks = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 800 }, colorScheme: 'light' },
};

const withPalette = async (file) => {
  try {
    await promisify(execFile)('pngquant', ['--force', '--skip-if-larger', '--ext', '.png', '--speed', '1', '96', file]);
  } catch (error) {
    // 98 and 99: it would have become larger, or worse than asked for.
    if (error.code !== 'ENOENT' && ![98, 99].includes(error.code)) throw error;
  }
};

const take = (browser, url, page, look, folder) =>
  withPage(browser, url, { viewport: looks[look].viewport }, async (tab) => {
    await tab.emulateMedia({ colorScheme: looks[look].colorScheme });
    const response = await tab.goto(url + page.path);
    const file = join(folder, `${page.name}-${look}.png`);
    await writeFile(file, await tab.screenshot());
    await withPalette(file);
    console.log(`${response.status()} ${page.path} ${file}`);
    return response.status() === page.status;
  });

const main = async ([url, folder, host]) => {
  if (!url || !folder) {
    console.error('usage: npm run screenshots -- URL FOLDER [HOST]');
    return 2;
  }
  await mkdir(folder, { recursive: true });
  const root = url.replace(/\/+$/, '');
  const pages = await allPages(root, host);
  const browser = await launch(process.env.CHROMIUM ?? '/usr/bin/chromium');
  try {
    const taken = [];
    for (const page of pages)
      for (const look of Object.keys(looks)) taken.push(await take(browser, root, page, look, folder));
    return taken.every(Boolean) ? 0 : 1;
  } finally {
    await browser.close();
  }
};

process.exitCode = await main(process.argv.slice(2));
