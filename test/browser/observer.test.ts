import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { COLOURS } from '../../src/observer/pages/style.ts';
import { assert, suite } from '../harness/index.ts';
import { observedWorld } from '../observer/observed-world.ts';
import { accessFindings, axeSource } from './accessibility.ts';
import { openBrowser, picture } from './browser.ts';
import { LIMIT_MS, STEP_MS } from './site.ts';

const test = suite('pages of the observer');
const EVIL = '<img src=x onerror=alert(1)>';

test("their colours are those of the scheduler's page", () => {
  const css = readFileSync('src/web/styles/colours.css', 'utf8');
  for (const name of Object.keys(COLOURS.light) as (keyof typeof COLOURS.light)[])
    assert.match(css, `--${name}: light-dark(${COLOURS.light[name]}, ${COLOURS.dark[name]});`, name);
});

test(
  'without JavaScript a reader comes from the list to the log and to a file; no page has anything to stumble over',
  () =>
    observedWorld(async ({ app, look, task }) => {
      const config = JSON.stringify({ name: EVIL, processes: [{ name: 'web', cmdline: EVIL }] });
      const sandbox = task('t-1', { config: JSON.parse(config) });
      writeFileSync(join(sandbox, '.logs/web/0/stdout'), `${EVIL}\n\x1b[31mred\x1b[0m\n`);
      writeFileSync(join(sandbox, 'notes.txt'), EVIL);
      look();
      const browser = await openBrowser();
      try {
        const context = await browser.newContext({
          javaScriptEnabled: false,
          viewport: { width: 320, height: 640 },
        });
        context.setDefaultTimeout(STEP_MS);
        // The observer's own answers, without a socket between them and the browser.
        const answered = async (page: Page) =>
          page.route('**', async (route) => {
            const { pathname, search } = new URL(route.request().url());
            const reply = await app.request(pathname + search);
            await route.fulfill({
              status: reply.status,
              headers: Object.fromEntries(reply.headers),
              body: Buffer.from(await reply.arrayBuffer()),
            });
          });
        const page = await context.newPage();
        await answered(page);
        await page.goto('http://agent.test/');
        await page.getByRole('link', { name: EVIL }).click();
        await page.getByRole('heading', { name: 'Processes' }).waitFor();
        await page.getByRole('link', { name: 'stdout' }).click();
        await page.locator('pre', { hasText: EVIL }).waitFor();
        await page.goto('http://agent.test/browse/t-1');
        await page.getByRole('link', { name: 'notes.txt' }).click();
        await page.locator('pre', { hasText: EVIL }).waitFor();
        await context.close();

        const findings: string[] = [];
        for (const colorScheme of ['light', 'dark'] as const) {
          const looked = await browser.newPage({ colorScheme });
          await answered(looked);
          for (const path of [
            '/',
            '/task/t-1',
            '/process/t-1/web',
            '/logs/t-1/web/0/stdout',
            '/browse/t-1',
            '/file/t-1/notes.txt',
            '/task/none',
          ]) {
            await looked.goto(`http://agent.test${path}`);
            await looked.evaluate(axeSource);
            findings.push(
              ...(await accessFindings(
                looked,
                `${path} ${colorScheme}`,
                colorScheme === 'light' ? 'all' : 'colours',
              )),
            );
            if (path === '/task/t-1') await picture(looked, `observer-${colorScheme}`);
          }
          await looked.close();
        }
        assert.equal([...new Set(findings)], []);
      } finally {
        await browser.close();
      }
    }),
  LIMIT_MS,
);

test.run();
