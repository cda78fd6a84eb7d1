/** What screens show when there is nothing to show, when it is not shown, and when it does not come. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SCREENS } from '../../src/api/views/screens.ts';
import { assert, suite } from '../harness/index.ts';
import { JOB, mesosOffer, wireConfig, wireJob } from '../scheduler/builders.ts';
import { callScheduler, testScheduler } from '../scheduler/running.ts';
import { complaintsOf, openBrowser, picture } from './browser.ts';
import { LIMIT_MS, STEP_MS } from './site.ts';

const test = suite('states of screens');

/** An address of each screen, whether there is something at it or not. */
const pathOf = (pattern: string): string =>
  pattern
    .replace(':role', JOB.role)
    .replace(':env', JOB.environment)
    .replace(':name', JOB.name)
    .replace('#instance', '0')
    .replaceAll(/:\w+/g, 'x');

/** Shows an address of the page without loading it anew, as a link does. */
const goTo = (page: Page, path: string) =>
  page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'));`,
  );

test(
  'every screen says that it loads, that it may not be seen, and that the scheduler fails; nothing is blank',
  async () => {
    const scheduler = await testScheduler();
    const browser = await openBrowser();
    try {
      scheduler.mesos.subscribe();
      const page = await browser.newPage();
      page.setDefaultTimeout(STEP_MS);
      const errors: string[] = [];
      page.on('pageerror', (error) => void errors.push(error.message));
      const origin = `http://127.0.0.1:${scheduler.running().httpPort}`;
      await page.goto(`${origin}/scheduler`);
      await page.locator('main').getByText('Nothing runs here yet').waitFor();
      const main = page.locator('main');
      let answer: 'late' | 'forbidden' | 'failing' | 'garbage' = 'late';
      let release = () => {};
      await page.route(
        ({ pathname }) => pathname.startsWith('/api/view/') && !pathname.endsWith('/events'),
        async (route) => {
          if (answer === 'late') {
            await new Promise<void>((go) => {
              release = go;
            });
            await route.abort().catch(() => undefined);
          } else if (answer === 'forbidden')
            await route.fulfill({
              status: 403,
              json: { problem: 'bob lacks the permission http:view.' },
            });
          else if (answer === 'failing') await route.fulfill({ status: 500, body: 'Internal error' });
          else await route.fulfill({ status: 200, body: '{"rows":' });
        },
      );
      for (const { path: pattern, screen } of SCREENS) {
        const path = pathOf(pattern);
        for (answer of ['late', 'forbidden', 'failing', 'garbage'] as const) {
          await goTo(page, '/search?q=elsewhere');
          await goTo(page, `${path}?x=${answer}`);
          if (screen === 'search') await goTo(page, `/search?q=${answer}`);
          if (answer === 'late') {
            await main.locator('.loading').waitFor();
            release();
          } else if (answer === 'forbidden') {
            await main.getByText('You may not see this').waitFor();
            await main.getByText('bob lacks the permission http:view.').waitFor();
          } else {
            await main.getByText('No news for').waitFor();
            await main.getByRole('button', { name: 'Try again' }).waitFor();
          }
          if (screen === 'job') await picture(page, `state-${answer}`);
        }
      }
      assert.equal(errors, []);
    } finally {
      await browser.close();
      await scheduler.stop();
    }
  },
  LIMIT_MS,
);

/** What is said where nothing is, and the way to something. */
const EMPTY: readonly (readonly [path: string, text: string | RegExp])[] = [
  ['/scheduler', 'aurora job create'],
  ['/scheduler?q=nobody', 'No role has'],
  ['/scheduler/web', 'No job of role web'],
  ['/scheduler/web/prod', /No job of role web/],
  ['/scheduler/web/prod/hello', 'There is no job web/prod/hello'],
  ['/scheduler/web/prod/hello/0', 'has no instance 0'],
  ['/scheduler/web/prod/hello/task/x', 'Not found'],
  ['/scheduler/web/prod/hello/update/x', 'has no update x'],
  ['/updates', /aurora update start|No update/],
  ['/pending', 'No task waits for a place'],
  ['/agents/map', 'No agent is known'],
  ['/agents/host/h', 'Not found'],
  ['/maintenance/view', 'aurora_admin host_drain'],
  ['/cron/view', /aurora cron schedule/],
  ['/quotas/view', /aurora_admin set_quota|quota/i],
  ['/search?q=nothing', /nothing/i],
];

test(
  'where nothing is, a screen says what would be there and what makes it',
  async () => {
    const scheduler = await testScheduler();
    const browser = await openBrowser();
    try {
      scheduler.mesos.subscribe();
      const context = await browser.newContext();
      context.setDefaultTimeout(STEP_MS);
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      const main = page.locator('main');
      const origin = `http://127.0.0.1:${scheduler.running().httpPort}`;
      for (const [path, text] of EMPTY) {
        await page.goto(`${origin}${path}`);
        await main.getByText(text).first().waitFor();
      }
      assert.equal(complaints, []);
    } finally {
      await browser.close();
      await scheduler.stop();
    }
  },
  LIMIT_MS,
);

const INI =
  '[users]\nroot = secret, admin\nreader = 1pass, reads\n[roles]\nadmin = *\nreads = http:*, thrift.ReadOnlyScheduler:*\n';
const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

test(
  'each write is a button to who may use it, and tells others what they lack',
  async () => {
    const scheduler = await testScheduler();
    const ini = join(scheduler.directory, 'security.ini');
    writeFileSync(ini, INI, { mode: 0o600 });
    const guarded = await testScheduler({}, [
      '-http_authentication_mechanism=BASIC',
      `-shiro_ini_path=${ini}`,
    ]);
    const browser = await openBrowser();
    try {
      guarded.mesos.subscribe();
      guarded.mesos.offer(mesosOffer('a'));
      const port = guarded.running().httpPort;
      const root = basic('root', 'secret');
      const made = async (
        name: 'createJob' | 'scheduleCronJob' | 'setQuota' | 'startJobUpdate',
        args: object,
      ) => {
        const reply = await callScheduler(port, name, args as never, root);
        assert.is(reply.responseCode, 'OK', JSON.stringify(reply.details));
        return reply;
      };
      await made('createJob', { description: wireJob() });
      const key = { ...JOB, name: 'nightly' };
      await made('scheduleCronJob', {
        description: wireJob({
          key,
          cronSchedule: '15 3 * * *',
          taskConfig: wireConfig({ job: key, isService: false }),
        }),
      });
      await made('setQuota', {
        ownerRole: 'web',
        quota: { resources: [{ numCpus: 4 }, { ramMb: 99 }, { diskMb: 9 }] },
      });
      const update = await made('startJobUpdate', {
        request: {
          taskConfig: wireConfig({ priority: 4 }),
          instanceCount: 1,
          settings: { updateGroupSize: 1, blockIfNoPulsesAfterMs: 60_000 },
        },
      });
      const id = update.result?.startJobUpdateResult?.key?.id;
      const job = `/scheduler/${JOB.role}/${JOB.environment}/${JOB.name}`;
      /** Where each button is, and how it begins. */
      const buttons: readonly (readonly [path: string, name: RegExp])[] = [
        [job, /^Restart/],
        [job, /^Add instances/],
        [job, /^Kill/],
        [`${job}/update/${id}`, /^Pause/],
        [`${job}/update/${id}`, /^Pulse|^Send a pulse/],
        [`${job}/update/${id}`, /^Roll back/],
        [`${job}/update/${id}`, /^Abort/],
        [`/scheduler/${JOB.role}/${JOB.environment}/nightly`, /^Run/],
        [`/scheduler/${JOB.role}/${JOB.environment}/nightly`, /^Deschedule/],
        ['/maintenance/view', /^Drain/],
        ['/quotas/view', /^Set quota/],
      ];
      for (const [user, password] of [
        ['root', 'secret'],
        ['reader', '1pass'],
      ] as const) {
        const context = await browser.newContext({
          httpCredentials: { username: user, password },
          extraHTTPHeaders: basic(user, password),
        });
        context.setDefaultTimeout(STEP_MS);
        const page = await context.newPage();
        for (const [path, name] of buttons) {
          if (!page.url().endsWith(path)) await page.goto(`http://127.0.0.1:${port}${path}`);
          const button = page.locator('main').getByRole('button', { name }).first();
          assert.is(
            await button.getAttribute('aria-disabled'),
            String(user === 'reader'),
            `${user} ${path} ${name}`,
          );
          if (user === 'reader')
            assert.match(
              (await button.getAttribute('title')) ?? '',
              /needs|lacks|permission|thrift/,
              String(name),
            );
          const isAtOnce = /Pause|pulse/.test(name.source);
          if (user === 'root' && isAtOnce) continue;
          await button.click({ force: user === 'reader' });
          const dialog = page.getByRole('dialog');
          if (user === 'reader') assert.is(await dialog.count(), 0, String(name));
          else {
            await dialog.getByRole('heading').waitFor();
            await page.keyboard.press('Escape');
            await dialog.waitFor({ state: 'hidden' });
          }
        }
        if (user === 'reader') await picture(page, 'read-only');
        await context.close();
      }
    } finally {
      await browser.close();
      await guarded.stop();
      await scheduler.stop();
    }
  },
  LIMIT_MS,
);

test.run();
