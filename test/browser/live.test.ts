/** A page that stays open: another leader, many tabs, proxies, names of other machines. */
import { createServer } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { assert, suite } from '../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../scheduler/builders.ts';
import { active, ask, candidates, TICK_MS, until } from '../scheduler/leader/candidates.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { FOREIGN_NAME, openBrowser } from './browser.ts';
import { holdingProxy } from './holding-proxy.ts';
import { LIMIT_MS, STEP_MS } from './site.ts';

const test = suite('a page that stays open');

let browser: Browser;
let scheduler: TestScheduler;
const port = () => scheduler.running().httpPort;

const job = (name: string) => {
  const key = { ...JOB, name };
  return { description: wireJob({ key, taskConfig: wireConfig({ job: key }) }) };
};

test.before(async () => {
  scheduler = await testScheduler({}, [`-http_allowed_hosts=${FOREIGN_NAME}`]);
  scheduler.mesos.subscribe();
  await scheduler.call('createJob', job('first'));
  browser = await openBrowser();
}, LIMIT_MS);
test.after(async () => {
  await browser?.close();
  await scheduler?.stop();
});

async function context(): Promise<BrowserContext> {
  const made = await browser.newContext();
  made.setDefaultTimeout(STEP_MS);
  return made;
}

const isLive = (page: Page) => page.locator('.live.live').waitFor();
const role = (page: Page, origin: string) => page.goto(`${origin}/scheduler/${JOB.role}`);
const shows = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).waitFor();

/** A port that nobody has now. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

test(
  'a page follows the leadership to another machine, at the same screen',
  async () => {
    const zooKeeper = await startZooKeeper({ tickMs: TICK_MS });
    const cluster = candidates(zooKeeper, 'page');
    const tab = await (await context()).newPage();
    try {
      const first = await cluster.start('shared', { httpPort: await freePort() });
      await active(first);
      const second = await cluster.start('shared');
      const originOf = (one: TestScheduler) => `http://127.0.0.1:${one.running().httpPort}`;
      await until(async () => (await ask(second, '/offers')).headers.get('Location') !== null);
      await first.call('createJob', job('kept'));

      await role(tab, originOf(second));
      assert.ok(tab.url().startsWith(originOf(first)), 'a standby sends the browser to the leader');
      await shows(tab, 'kept');
      await isLive(tab);

      await first.running().stop();
      await active(second);
      await tab.locator('main').getByText('No news for').waitFor();
      await shows(tab, 'kept');
      // The machine comes back, and its scheduler stands by.
      await first.restart();
      await tab.waitForURL(`${originOf(second)}/scheduler/${JOB.role}`);
      await shows(tab, 'kept');
      await isLive(tab);
      assert.is((await second.call('createJob', job('after'))).responseCode, 'OK');
      await shows(tab, 'after');
    } finally {
      await tab.context().close();
      await cluster.stop();
      await zooKeeper.stop();
    }
  },
  LIMIT_MS,
);

/** Whether the tab is looked at, for its scripts. */
const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
     document.dispatchEvent(new Event('visibilitychange'));`,
  );

test(
  'seven tabs hold one connection for changes and one for a log, and all of them live on',
  async () => {
    const browsing = await context();
    let most = 0;
    const open = new Map<object, string>();
    browsing.on('request', (request) => {
      if (/\/api\/view\/(events|logs)/.test(request.url())) open.set(request, request.url());
      most = Math.max(most, open.size);
    });
    const over = (request: object) => void open.delete(request);
    browsing.on('requestfinished', over);
    browsing.on('requestfailed', over);
    const tabs: Page[] = [];
    for (let at = 0; at < 7; at++) {
      // Another tab is looked at before this one is.
      for (const other of tabs) await setHidden(other, true);
      const tab = await browsing.newPage();
      tabs.push(tab);
      await role(tab, `http://127.0.0.1:${port()}`);
      await shows(tab, 'first');
      await isLive(tab);
      await until(() => open.size <= 1);
    }
    const [one] = tabs as [Page];
    for (const other of tabs) await setHidden(other, other !== one);
    await one.goto(`http://127.0.0.1:${port()}/scheduler/${JOB.role}/${JOB.environment}/first?jobView=log`);
    await one
      .locator('main')
      .getByText(/reading/)
      .waitFor();
    await until(() => open.size === 2);
    await scheduler.call('createJob', job('late'));
    for (const tab of tabs.slice(1)) {
      await setHidden(one, true);
      await setHidden(tab, false);
      await shows(tab, 'late');
      await setHidden(tab, true);
    }
    assert.ok(most <= 3, `${most} at once: two, and one that is just being let go`);
    await browsing.close();
  },
  LIMIT_MS,
);

test(
  'behind a proxy that holds streams back the page asks by itself, and says so',
  async () => {
    const proxy = await holdingProxy(port());
    const browsing = await context();
    try {
      const tab = await browsing.newPage();
      await tab.clock.install();
      await role(tab, proxy.origin);
      await shows(tab, 'first');
      const sign = tab.locator('.live', { hasText: 'polling' });
      // Two streams are given up, each after twenty seconds without a word.
      await until(async () => {
        await tab.clock.runFor(5_000);
        return (await sign.count()) > 0;
      });
      assert.match((await sign.getAttribute('title')) ?? '', /cuts the stream/);
      await scheduler.call('createJob', job('polled'));
      await until(async () => {
        await tab.clock.runFor(2_000);
        return (await tab.getByRole('link', { name: 'polled', exact: true }).count()) > 0;
      });
    } finally {
      await browsing.close();
      proxy.close();
    }
  },
  LIMIT_MS,
);

test(
  'from a name that is not this machine, over plain HTTP, everything works: changes, copying, writes',
  async () => {
    const browsing = await context();
    const tab = await browsing.newPage();
    const origin = `http://${FOREIGN_NAME}:${port()}`;
    await role(tab, origin);
    assert.equal(await tab.evaluate('[isSecureContext, navigator.clipboard === undefined]'), [false, true]);
    await isLive(tab);
    await scheduler.call('createJob', job('foreign'));
    await tab.getByRole('link', { name: 'foreign', exact: true }).click();
    const copy = tab.locator('main').getByRole('button', { name: 'copy the command' });
    await copy.click();
    await copy.getByText('✓').waitFor();
    await tab.getByRole('button', { name: /^Kill/ }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.locator('input[name=instances]').fill('0');
    await dialog.locator('input[name=typed]').fill('web/prod/foreign');
    await dialog.getByRole('button', { name: /^Kill/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    await until(async () =>
      (await scheduler.tasks()).every(({ assignedTask }) => assignedTask.task.job.name !== 'foreign'),
    );
    await browsing.close();
  },
  LIMIT_MS,
);

test.run();
