import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../scheduler/builders.ts';
import { callScheduler, testScheduler } from '../scheduler/running.ts';
import { accessFindings, withAxe } from './accessibility.ts';
import { complaintsOf, picture } from './browser.ts';
import { LIMIT_MS, openSite, type Site } from './site.ts';

const test = suite('the page in a browser');
const EVIL = '<img src=x onerror=alert(1)>';
/** Mesos takes blanks out of attributes. */
const EVIL_RACK = '<img/src=x/onerror=alert(1)>';
const HOSTILE_LOG = `plain\n\x1b[31mred\x1b[0m ${EVIL}\n\x1b]0;title\x07\x1b[2Jgone\u202e\n${'x'.repeat(1_000_000)}\nlast\n`;

const TOOLS = [
  { name: 'Graphs', url: 'https://graphs.example.com/d/jobs?job={role}/{env}/{job}' },
  { name: EVIL, url: 'https://logs.example.com/{job}/{instance}#{host}' },
  { name: 'Machine', url: 'http://{host}:9100/metrics' },
];
const links = mkdtempSync(join(tmpdir(), 'aurora-links-'));

let site: Site;
let taskId = '';
let updateId = '';

test.before(async () => {
  writeFileSync(join(links, 'links.json'), JSON.stringify(TOOLS));
  const flags = [`-page_links=${join(links, 'links.json')}`];
  site = await openSite(flags, undefined, (index) => (index === 3 ? EVIL_RACK : `rack-${index}`));
  const { call, tasks } = site.scheduler;
  site.observer.content = Buffer.from(HOSTILE_LOG);
  await site.create('hello', 6, 0.1);
  await site.create('hungry', 2, 10_000);
  await site.untilRunning(6);
  taskId =
    (await tasks('RUNNING')).find(({ assignedTask }) => assignedTask.instanceId === 0)?.assignedTask.taskId ??
    '';
  const job = { ...JOB, name: 'nightly' };
  const cron = await call('scheduleCronJob', {
    description: wireJob({
      key: job,
      cronSchedule: '15 3 * * *',
      taskConfig: wireConfig({ job, isService: false }),
    }),
  });
  assert.is(cron.responseCode, 'OK', JSON.stringify(cron.details));
  const update = await call('startJobUpdate', {
    request: {
      taskConfig: wireConfig({
        ...{ priority: 3, contactEmail: EVIL, metadata: [{ key: EVIL, value: `${EVIL}\u202e` }] },
        resources: [{ numCpus: 0.1 }, { ramMb: 128 }, { diskMb: 64 }],
      }),
      instanceCount: 6,
      settings: { updateGroupSize: 1, minWaitInInstanceRunningMs: 600_000 },
    },
    message: EVIL,
  });
  assert.is(update.responseCode, 'OK', JSON.stringify(update.details));
  updateId = update.result?.startJobUpdateResult?.key?.id ?? '';
}, LIMIT_MS);
test.after(async () => {
  await site?.stop();
  rmSync(links, { recursive: true });
});

const screens = (): readonly (readonly [path: string, text: string])[] => [
  ['/', 'Roles'],
  ['/scheduler', 'tasks running'],
  ['/scheduler/web', 'Quota'],
  ['/scheduler/web/', 'hello'],
  ['/scheduler/web/prod', 'hello'],
  ['/scheduler/web/prod/hello', 'rolling forward'],
  ['/scheduler/web/prod/hello?jobView=history', 'Ended tasks'],
  ['/scheduler/web/prod/hello?taskView=config', 'All of it as JSON'],
  ['/scheduler/web/prod/hello?jobView=updates', EVIL],
  ['/scheduler/web/prod/hungry', 'Why 2 tasks are pending'],
  ['/scheduler/web/prod/nightly', 'Schedule'],
  ['/scheduler/web/prod/hello/1', 'Events'],
  [`/scheduler/web/prod/hello/task/${taskId}`, taskId],
  [`/scheduler/web/prod/hello/update/${updateId}`, 'What changes'],
  ['/updates', 'In progress (1)'],
  ['/pending', '2 tasks in 1 group'],
  ['/agents/map', EVIL_RACK],
  [`/agents/map?rack=${encodeURIComponent(EVIL_RACK)}`, 'agent-3'],
  ['/agents/host/agent-0', 'Cores'],
  ['/maintenance/view', 'Every host is in service'],
  ['/cron/view', '15 3 * * *'],
  ['/quotas/view', 'Quota of production jobs'],
  ['/search?q=hel', 'web/prod/hello'],
  ['/state/view', 'registered with Mesos'],
  ['/scheduler/web/prod/nobody', 'Not found'],
  ['/scheduler/nobody', 'No job of role nobody'],
  ['/search?q=', 'Search for a part'],
];

test(
  'every address shows its screen, light and dark, for everybody',
  async () => {
    const page = await site.opened({ colorScheme: 'light', viewport: { width: 1280, height: 800 } });
    const complaints = complaintsOf(page);
    const findings: unknown[] = [];
    await withAxe(page);
    for (const [path, text] of screens()) {
      await site.shown(page, path, text);
      assert.ok((await page.locator('*').count()) < 1_500, path);
      const name = path.replace(/(task|update)\/.+/, '$1').replaceAll(/[^a-z0-9]+/gi, '-');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        findings.push(
          ...(await accessFindings(
            page,
            `${path} ${colorScheme}`,
            colorScheme === 'light' ? 'all' : 'colours',
          )),
        );
        await picture(page, `${colorScheme}${name}`);
      }
    }
    assert.equal(complaints, [], 'nothing failed, nothing was refused by the policy');
    assert.equal([...new Set(findings)], [], 'WCAG 2.2 AA, as far as axe-core can tell');
    await page.close();
  },
  LIMIT_MS,
);

test(
  'how much of a job ran is drawn, and told in a table',
  async () => {
    const page = await site.opened({ colorScheme: 'dark' });
    await withAxe(page);
    // A day that nobody wants to wait for; the rest of the reply is the scheduler's own.
    const percents = Array.from({ length: 288 }, (_, at) => (at < 20 ? -1 : at > 200 && at < 210 ? 50 : 100));
    await page.route('**/api/view/job?**', async (route) => {
      const response = await route.fetch();
      const running = { endMs: Date.UTC(2026, 10, 29, 12), stepMs: 300_000, percents };
      await route.fulfill({ response, json: { ...((await response.json()) as object), running } });
    });
    await site.shown(page, '/scheduler/web/prod', 'hello');
    const main = page.locator('main');
    await main.getByRole('link', { name: 'hello', exact: true }).click();
    await main
      .getByRole('img', {
        name: 'share of running instances: not all instances ran for 45m, not known for 1h 40m',
      })
      .waitFor();
    assert.is(await main.locator('.sparkline polyline').count(), 1, 'a line, after a gap');
    await main.locator('.sparkline summary').click();
    await main.getByRole('cell', { name: '50 % at least' }).waitFor();
    assert.equal(await accessFindings(page, 'sparkline', 'all'), []);
    await picture(page, 'sparkline');
    await page.close();
  },
  LIMIT_MS,
);

test(
  'links to other tools are on the screens of what they are about, and open beside the page',
  async () => {
    const page = await site.opened();
    const complaints = complaintsOf(page);
    const tools = () =>
      page
        .getByRole('navigation', { name: 'tools' })
        .getByRole('link')
        .evaluateAll((all) =>
          all.map((one) => ['textContent', 'href', 'target', 'rel'].map((name) => Reflect.get(one, name))),
        );
    const graphs = ['Graphs ↗', 'https://graphs.example.com/d/jobs?job=web/prod/hello'];
    const beside = ['_blank', 'noopener noreferrer'];
    await site.shown(page, '/scheduler/web/prod/hello', 'instances');
    assert.equal(await tools(), [[...graphs, ...beside]]);
    await site.shown(page, '/scheduler/web/prod/hello/0', 'RUNNING');
    const [, evil, machine] = await tools();
    const host = new URL(machine?.[1] as string).hostname;
    assert.match(host, /^agent-\d$/);
    assert.equal(evil, [`${EVIL} ↗`, `https://logs.example.com/hello/0#${host}`, ...beside]);
    await site.shown(page, `/agents/host/${host}`, 'Tasks');
    assert.equal(await tools(), [['Machine ↗', `http://${host}:9100/metrics`, ...beside]]);
    await site.shown(page, '/scheduler', 'tasks running');
    assert.equal(await tools(), []);
    assert.equal(complaints, []);
    await page.close();
  },
  LIMIT_MS,
);

test(
  'a narrow screen has no sideways way',
  async () => {
    const page = await site.opened({ viewport: { width: 320, height: 640 } });
    const wide: unknown[] = [];
    for (const [path, text] of [...screens(), ['/scheduler/web/prod/hello/2?show=log', 'last'] as const]) {
      await site.shown(page, path, text);
      // What scrolls within itself may be wider: tables, and what is written in lines.
      const outside = await page.evaluate(`document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('main *, .top *')].filter((one) =>
          one.getBoundingClientRect().right > innerWidth && !one.closest('.scrolls, pre, svg')
        ).map((one) => one.tagName + '.' + one.className).slice(-3).concat('?')`);
      if ((outside as unknown[]).length > 0) wide.push([path, outside]);
    }
    assert.equal(wide, []);
    await picture(page, 'narrow');
    await page.close();
  },
  LIMIT_MS,
);

test(
  'a change appears by itself, and a link and Back lead without loading the page anew',
  async () => {
    const page = await site.opened();
    await site.shown(page, '/scheduler/web', 'hello');
    await page.evaluate('window.stays = true');
    await page.locator('.live.live').waitFor();
    await site.create('appears', 1, 0.1);
    await page.getByRole('link', { name: 'appears' }).click();
    await page.getByRole('heading', { name: 'appears' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    assert.is(await page.evaluate('window.stays'), true);
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.locator('main').getByText('In progress (1)').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('web/prod/hungry');
    await page.keyboard.press('Enter');
    await page.locator('main').getByText('Why 2 tasks are pending').waitFor();
    await page.close();
  },
  LIMIT_MS,
);

test(
  'a scheduler that is gone is told of, what was known stays, and it goes on with the next one',
  async () => {
    const page = await site.opened();
    await site.shown(page, '/scheduler/web/prod/hungry', '2 pending');
    await page.route('**/api/view/**', (route) => route.abort());
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await site.create('unseen', 1, 0.1);
    await site.scheduler.call('killTasks', {
      job: { ...JOB, name: 'hungry' },
      instances: [1],
      message: 'less',
    });
    await page.locator('main').getByText('No news for').waitFor();
    await page.locator('main').getByText('2 pending').first().waitFor();
    await page.unroute('**/api/view/**');
    await page.locator('main').getByText('1 pending').first().waitFor();
    assert.is(await page.locator('main').getByText('No news for').count(), 0);
    await page.close();
  },
  LIMIT_MS,
);

test(
  'the log of an instance, four clicks from the first page, is text whatever is in it',
  async () => {
    const page = await site.opened();
    const complaints = complaintsOf(page);
    await site.shown(page, '/', 'Roles');
    const main = page.locator('main');
    await main.getByRole('link', { name: 'web', exact: true }).first().click();
    await main.getByRole('link', { name: 'hello', exact: true }).first().click();
    await main.getByRole('link', { name: '2', exact: true }).first().click();
    await main.getByRole('link', { name: 'Log', exact: true }).click();
    await main.getByText('last', { exact: true }).waitFor();
    assert.is(await main.locator('.log .ansi1').textContent(), 'red');
    const lines = await main.locator('.log-line').allTextContents();
    const of = (word: string) => lines.find((line) => line.includes(word)) ?? '';
    assert.ok(of('red').endsWith(EVIL));
    assert.is(of('gone').replace(/^main/, ''), 'gone');
    assert.ok(of('xxx').length < 5_000, 'a long line is cut, and says so');
    await picture(page, 'log');
    await main.getByPlaceholder('filter: text').fill('/r[e]d/');
    await main.getByText('1 of 5 lines').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      main.getByRole('link', { name: 'main/0/stdout' }).click(),
    ]);
    assert.is(readFileSync(await download.path(), 'utf8'), HOSTILE_LOG);
    assert.equal(complaints, []);
    await page.close();
  },
  LIMIT_MS,
);

test(
  'an update is paused and an instance is killed; who may not sees why',
  async () => {
    const page = await site.opened();
    await site.shown(page, `/scheduler/web/prod/hello/update/${updateId}`, 'What changes');
    await page.getByRole('button', { name: /^Pause/ }).click();
    await page.getByRole('button', { name: /^Resume/ }).waitFor();
    await site.create('spare', 1, 0.1);
    await site.untilRunning(7);
    await site.shown(page, '/scheduler/web/prod/spare/0', 'RUNNING');
    await page.getByRole('button', { name: /^Kill/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('aurora job kill').waitFor();
    await dialog.getByRole('button', { name: /^Kill/ }).click();
    await page.locator('main').getByText('no active task').waitFor();

    const ini = join(site.scheduler.directory, 'security.ini');
    writeFileSync(ini, '[users]\nroot = secret, admin\n[roles]\nadmin = *\n', { mode: 0o600 });
    const guarded = await testScheduler({}, [
      '-http_authentication_mechanism=BASIC',
      `-shiro_ini_path=${ini}`,
      '-anonymous_reads=true',
    ]);
    try {
      const port = guarded.running().httpPort;
      const Authorization = `Basic ${Buffer.from('root:secret').toString('base64')}`;
      const made = await callScheduler(port, 'createJob', { description: wireJob() }, { Authorization });
      assert.is(made.responseCode, 'OK', JSON.stringify(made.details));
      const { environment, name, role } = JOB;
      await page.goto(`http://127.0.0.1:${port}/scheduler/${role}/${environment}/${name}/0`);
      const kill = page.getByRole('button', { name: /^Kill/ });
      assert.is(await kill.getAttribute('aria-disabled'), 'true');
      assert.match((await kill.getAttribute('title')) ?? '', /killTasks/);
      await kill.click({ force: true });
      assert.is(await page.getByRole('dialog').count(), 0);
    } finally {
      await guarded.stop();
    }
    await page.close();
  },
  LIMIT_MS,
);

test.run();
