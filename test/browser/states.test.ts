/** What screens show when there is nothing to show, when it is not shown, and when it does not come. */
import type { Browser, Page } from 'playwright-core';
import { SCREENS, type ScreenName } from '../../src/api/views/screens.ts';
import { assert, suite } from '../harness/index.ts';
import { JOB, mesosOffer, text, wireConfig, wireJob } from '../scheduler/builders.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { complaintsOf, openBrowser, picture } from './browser.ts';
import { LIMIT_MS, STEP_MS } from './site.ts';

const test = suite('states of screens');

let scheduler: TestScheduler;
let browser: Browser;
const origin = () => `http://127.0.0.1:${scheduler.running().httpPort}`;

test.before(async () => {
  scheduler = await testScheduler();
  scheduler.mesos.subscribe();
  browser = await openBrowser();
}, LIMIT_MS);
test.after(async () => {
  await browser?.close();
  await scheduler?.stop();
});

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
    const page = await browser.newPage();
    page.setDefaultTimeout(STEP_MS);
    const errors: string[] = [];
    page.on('pageerror', (error) => void errors.push(error.message));
    await page.goto(`${origin()}/scheduler`);
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
    await page.close();
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
    const context = await browser.newContext();
    context.setDefaultTimeout(STEP_MS);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const main = page.locator('main');
    for (const [path, text] of EMPTY) {
      await page.goto(`${origin()}${path}`);
      await main.getByText(text).first().waitFor();
    }
    assert.equal(complaints, []);
    await context.close();
  },
  LIMIT_MS,
);

/** What there is to be seen: a job with a task that runs and one that waits, an update, a cron job, a quota, a host. */
async function somethingOfEach(): Promise<{ readonly taskId: string; readonly updateId: string }> {
  const { call, mesos, tasks } = scheduler;
  const done = async (reply: ReturnType<TestScheduler['call']>) => {
    const { details, responseCode, result } = await reply;
    assert.is(responseCode, 'OK', JSON.stringify(details));
    return result;
  };
  mesos.offer(
    mesosOffer('a', { hostname: 'host-a', attributes: [text('host', 'host-a'), text('rack', 'r1')] }),
  );
  const config = (priority: number) =>
    wireConfig({ priority, resources: [{ numCpus: 6 }, { ramMb: 128 }, { diskMb: 64 }] });
  await done(call('createJob', { description: wireJob({ instanceCount: 2, taskConfig: config(0) }) }));
  await mesos.next('ACCEPT');
  const taskId = (await tasks('ASSIGNED'))[0]?.assignedTask.taskId ?? '';
  mesos.update(taskId, 'TASK_RUNNING');
  await mesos.next('ACKNOWLEDGE');
  const key = { ...JOB, name: 'nightly' };
  const cron = { job: key, isService: false };
  await done(
    call('scheduleCronJob', {
      description: wireJob({ key, cronSchedule: '15 3 * * *', taskConfig: wireConfig(cron) }),
    }),
  );
  await done(
    call('setQuota', {
      ownerRole: JOB.role,
      quota: { resources: [{ numCpus: 4 }, { ramMb: 99 }, { diskMb: 9 }] },
    }),
  );
  await done(call('startMaintenance', { hosts: { hostNames: ['host-a'] } }));
  const started = await done(
    call('startJobUpdate', {
      request: { taskConfig: config(1), instanceCount: 2, settings: { updateGroupSize: 1 } },
    }),
  );
  return { taskId, updateId: started?.startJobUpdateResult?.key?.id ?? '' };
}

test(
  'when the scheduler is gone every screen says for how long it has no news, and keeps what it showed',
  async () => {
    const { taskId, updateId } = await somethingOfEach();
    const job = `/scheduler/${JOB.role}/${JOB.environment}/${JOB.name}`;
    const shown: Readonly<Record<ScreenName, readonly [path: string, text: string]>> = {
      cluster: ['/scheduler', 'Roles'],
      role: [`/scheduler/${JOB.role}`, 'nightly'],
      environment: [`/scheduler/${JOB.role}/${JOB.environment}`, 'nightly'],
      job: [job, 'rolling forward'],
      instance: [`${job}/0`, 'Events'],
      task: [`${job}/task/${taskId}`, taskId],
      update: [`${job}/update/${updateId}`, 'What changes'],
      updates: ['/updates', 'In progress (1)'],
      pending: ['/pending', `${JOB.role}/${JOB.environment}/${JOB.name}`],
      agents: ['/agents/map', 'r1'],
      agent: ['/agents/host/host-a', 'Cores'],
      maintenance: ['/maintenance/view', 'host-a'],
      cron: ['/cron/view', '15 3 * * *'],
      quota: ['/quotas/view', 'Quota of production jobs'],
      search: ['/search?q=hel', `${JOB.role}/${JOB.environment}/${JOB.name}`],
      scheduler: ['/state/view', 'registered with Mesos'],
    };
    const pages: (readonly [page: Page, text: string])[] = [];
    let context = await browser.newContext();
    for (const [path, text] of Object.values(shown)) {
      // A browser has six connections to a site; each page holds one.
      if (context.pages().length === 4) context = await browser.newContext();
      context.setDefaultTimeout(STEP_MS);
      const page = await context.newPage();
      await page.goto(`${origin()}${path}`);
      await page.locator('main').getByText(text).first().waitFor();
      pages.push([page, text]);
    }
    await scheduler.running().stop();
    for (const [page, text] of pages) {
      const main = page.locator('main');
      await main.getByText('No news for').waitFor();
      await main.getByText('Below is what was last known.').waitFor();
      await main.getByText(text).first().waitFor();
      await main.getByRole('button', { name: 'Try again' }).waitFor();
    }
    await picture(pages[3]?.[0] as Page, 'state-stale');
  },
  LIMIT_MS,
);

test.run();
