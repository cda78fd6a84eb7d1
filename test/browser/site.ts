import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { schedulerDriver } from '../../src/mesos/index.ts';
import { assert } from '../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../scheduler/builders.ts';
import { type FakeObserver, fakeObserver } from '../scheduler/http/fake-observer.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { startSimulatedCluster, type TaskScript } from '../simulated-cluster/index.ts';
import { openBrowser } from './browser.ts';

/** A browser on a busy machine. */
export const LIMIT_MS = 240_000;
export const STEP_MS = 60_000;

/** A cluster of four simulated agents, a scheduler that leads it, an observer, and a browser to look at it. */
export interface Site {
  readonly browser: Browser;
  readonly scheduler: TestScheduler;
  readonly observer: FakeObserver;
  origin(): string;
  /** Creates a service web/prod/NAME. */
  create(name: string, instanceCount: number, cpus: number): Promise<void>;
  /** Until so many tasks run. */
  untilRunning(count: number): Promise<void>;
  opened(options?: BrowserContextOptions): Promise<Page>;
  /** Shows an address and waits for what is to be seen there. */
  shown(page: Page, path: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

export async function openSite(
  flags: readonly string[] = [],
  script?: TaskScript,
  rackOf = (index: number): string => `rack-${index % 2}`,
): Promise<Site> {
  const cluster = await startSimulatedCluster({
    agents: 4,
    ...(script ? { script } : {}),
    attributes: (index) => `host:agent-${index};rack:${rackOf(index)}`,
    masterFlags: { allocationIntervalMs: 50 },
  });
  const observer = await fakeObserver();
  const scheduler = await testScheduler({ mesosMaster: cluster.master, driver: schedulerDriver }, [
    `-observer_url=${observer.url}`,
    ...flags,
  ]);
  const browser = await openBrowser();
  const origin = () => `http://127.0.0.1:${scheduler.running().httpPort}`;
  return {
    browser,
    scheduler,
    observer,
    origin,
    async create(name, instanceCount, cpus) {
      const job = { ...JOB, name };
      const taskConfig = wireConfig({ job, resources: [{ numCpus: cpus }, { ramMb: 128 }, { diskMb: 64 }] });
      const made = await scheduler.call('createJob', {
        description: wireJob({ key: job, instanceCount, taskConfig }),
      });
      assert.is(made.responseCode, 'OK', JSON.stringify(made.details));
    },
    async untilRunning(count) {
      while ((await scheduler.tasks('RUNNING')).length < count)
        await new Promise((next) => setTimeout(next, 50));
    },
    async opened(options = {}) {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(STEP_MS);
      return page;
    },
    async shown(page, path, text) {
      await page.goto(`${origin()}${path}`);
      await page.locator('main').getByText(text).first().waitFor({ timeout: STEP_MS });
    },
    async stop() {
      await browser.close();
      await scheduler.stop();
      await cluster.stop();
      observer.close();
    },
  };
}
