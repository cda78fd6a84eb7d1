/**
 * The web page of a large cluster: 10,000 jobs in 20 roles, 100,000 tasks on 5,000 agents. A browser with an empty
 * cache measures the first paint; the scheduler's own costs are the longest stall of its event loop and its processor
 * time. Clients and the browser are processes of their own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../test/browser/browser.ts';
import { CONDITIONS, LARGE_JOB, pageCluster } from './cluster/page-cluster.ts';
import { cpuMs, figure, median } from './harness.ts';
import { TASKS_OF_EACH } from './state/fill.ts';

const LOADS = 15;
const VIEWS = 200;
const WARM_UP_VIEWS = 100;
/** How many different views are read. */
const VIEW_PATHS = 4;
const OPEN_PAGES = 100;
const OPEN_MS = 15_000;
/** How often a page that gets no events polls in a day, which is every 15 seconds. */
const DAY_POLLS = Number(process.env.BENCH_POLLS ?? 5_760);

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const ROLE_PATH = `/scheduler/${LARGE_JOB.role}`;
const JOB_PATH = `${ROLE_PATH}/${LARGE_JOB.environment}/${LARGE_JOB.name}`;

/** Runs a program in a process of its own; resolves when it has printed something. */
async function beside(code: string): Promise<{ readonly child: ChildProcess; said(): string }> {
  let said = '';
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready) =>
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      ready();
    }),
  );
  return { child, said: () => said };
}

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null ? new Promise((done) => child.once('close', done)) : Promise.resolve();

async function firstPaints(browser: Browser, origin: string): Promise<void> {
  for (const [name, path] of [
    ['first_paint_role_ms', ROLE_PATH],
    ['first_paint_job_ms', JOB_PATH],
  ] as const) {
    const paints: number[] = [];
    for (let load = 0; load < LOADS; load++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${origin}${path}`, { waitUntil: 'domcontentloaded' });
      await page.getByRole('table').first().waitFor();
      const paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1";
      paints.push((await page.evaluate(paint)) as number);
      await context.close();
    }
    figure({
      name,
      value: median(paints),
      unit: 'ms',
      conditions: `${CONDITIONS}, median of ${LOADS}, empty cache`,
    });
  }
}

function scriptSize(): void {
  const web = join(process.cwd(), 'dist', 'web');
  const bytes = readdirSync(web)
    .filter((file) => /^(main|chunk|theme)-.*\.js\.gz$/.test(file))
    .reduce((sum, file) => sum + statSync(join(web, file)).size, 0);
  figure({
    name: 'js_gzip_kb',
    value: bytes / 1024,
    unit: 'KB',
    conditions: 'scripts before the first paint',
  });
}

/** Reads views one after the other from a process of its own; returns how long each took, and the longest stall, in ms. */
async function readViews(
  origin: string,
  times: number,
): Promise<{ readonly tookMs: number[]; stallMs: number }> {
  const job = encodeURIComponent(`${LARGE_JOB.role}/${LARGE_JOB.environment}/${LARGE_JOB.name}`);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const { child, said } = await beside(`
    const paths = ['jobs?role=${LARGE_JOB.role}', 'job?job=${job}', 'agents', 'roles'];
    const times = [];
    // The client's own first call and connection take longer than any view.
    await (await fetch('${origin}/health')).arrayBuffer();
    console.log('ready');
    for (let at = 0; at < ${times}; at++) {
      const startMs = performance.now();
      const reply = await fetch('${origin}/api/view/' + paths[at % paths.length]);
      if (!reply.ok) throw new Error(paths[at % paths.length] + ' ' + reply.status);
      await reply.arrayBuffer();
      times.push(performance.now() - startMs);
    }
    console.log(JSON.stringify(times));`);
  delay.enable();
  await ended(child);
  delay.disable();
  return { tookMs: JSON.parse(said().trim().split('\n').at(-1) ?? ''), stallMs: delay.max / 1e6 };
}

async function views(origin: string): Promise<void> {
  const show = (
    suffix: string,
    which: string,
    { stallMs, tookMs }: { tookMs: number[]; stallMs: number },
  ) => {
    const sorted = tookMs.toSorted((a, b) => a - b);
    const conditions = `${CONDITIONS}, ${which}`;
    const value = sorted[Math.ceil(sorted.length * 0.99) - 1] as number;
    figure({ name: `view_p99${suffix}_ms`, value, unit: 'ms', conditions });
    figure({
      name: `stall${suffix}_ms`,
      value: stallMs,
      unit: 'ms',
      conditions: `${conditions}, the longest`,
    });
  };
  show(
    '_first',
    'each view for the first time since the scheduler leads',
    await readViews(origin, VIEW_PATHS),
  );
  // V8 compiles what it has seen often; a scheduler that leads for a minute is past that.
  await readViews(origin, WARM_UP_VIEWS);
  show(
    '',
    `${VIEWS} views one after the other, after ${WARM_UP_VIEWS} others`,
    await readViews(origin, VIEWS),
  );
}

async function openPages(origin: string): Promise<void> {
  const { child } = await beside(`
    for (let at = 0; at < ${OPEN_PAGES}; at++)
      fetch('${origin}/api/view/events?topics=role:${LARGE_JOB.role}').then(async ({ body }) => { for await (const _ of body) {} });
    setTimeout(() => console.log('ready'), 2_000);
    setTimeout(() => process.exit(), ${OPEN_MS} + 10_000);`);
  const [startCpuMs, startMs] = [cpuMs(), performance.now()];
  await pause(OPEN_MS);
  const percent = ((cpuMs() - startCpuMs) / (performance.now() - startMs)) * 100;
  child.kill();
  await ended(child);
  figure({
    name: 'open_pages_100_cpu_percent',
    value: percent,
    unit: '%',
    conditions: `${CONDITIONS}, ${OPEN_PAGES} streams, nothing changes, of one core`,
  });
}

async function heapMb(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return usedSize / 2 ** 20;
}

/** Runs the page's timers as fast as they can go, until it has polled as often as in a day. */
async function dayInTab(browser: Browser, origin: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${origin}${JOB_PATH}`, { waitUntil: 'domcontentloaded' });
  await page.getByRole('table').first().waitFor();
  const poll = async (count: number) => {
    for (let done = 0; done < count; done++) await page.clock.runFor(15_000);
  };
  await poll(Math.min(200, DAY_POLLS));
  const beforeMb = await heapMb(page);
  await poll(DAY_POLLS);
  const growth = (await heapMb(page)) - beforeMb;
  figure({
    name: 'tab_growth_mb',
    value: growth,
    unit: 'MB',
    conditions: `a job of ${TASKS_OF_EACH}, ${DAY_POLLS} times 15 s`,
  });
  await context.close();
}

const { origin, stop } = await pageCluster();
const browser = await openBrowser();
try {
  await firstPaints(browser, origin);
  scriptSize();
  await views(origin);
  await openPages(origin);
  await dayInTab(browser, origin);
} finally {
  await browser.close();
  await stop();
}
