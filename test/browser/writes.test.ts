/** Each write of the page, by who may and by who may not: one browser, one scheduler with a permission for each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import type { CallArgs, CallName, Wire } from '../../src/api/index.ts';
import { PAGE_CALLS } from '../../src/api/views/shared.ts';
import { schedulerDriver } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../scheduler/builders.ts';
import { until } from '../scheduler/leader/candidates.ts';
import { callScheduler, type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../simulated-cluster/index.ts';
import { complaintsOf, openBrowser, picture } from './browser.ts';
import { LIMIT_MS, STEP_MS } from './site.ts';

const test = suite('each write of the page');

const INI =
  '[users]\nroot = secret, admin\nreader = 1pass, reads\n[roles]\nadmin = *\nreads = http:*, thrift.ReadOnlyScheduler:*\n';
const USERS = { root: 'secret', reader: '1pass' };
const basic = (user: keyof typeof USERS) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${USERS[user]}`).toString('base64')}`,
});

const directory = mkdtempSync(join(tmpdir(), 'aurora-writes-'));
let cluster: SimulatedCluster;
let scheduler: TestScheduler;
let browser: Browser;
const origin = () => `http://127.0.0.1:${scheduler.running().httpPort}`;

const keyOf = (name: string) => ({ ...JOB, name });
const pathOf = (name: string) => `/scheduler/${JOB.role}/${JOB.environment}/${name}`;
const textOf = (name: string) => `${JOB.role}/${JOB.environment}/${name}`;

async function call<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'>> {
  const reply = await callScheduler(scheduler.running().httpPort, method, args, basic('root'));
  assert.is(reply.responseCode, 'OK', JSON.stringify(reply.details));
  return reply;
}

/** The running tasks of a job: instance and id of the task. */
async function running(name: string): Promise<readonly (readonly [instance: number, taskId: string])[]> {
  const reply = await call('getTasksStatus', { query: { jobKeys: [keyOf(name)], statuses: ['RUNNING'] } });
  return (reply.result?.scheduleStatusResult?.tasks ?? [])
    .map(({ assignedTask }) => [assignedTask?.instanceId ?? -1, assignedTask?.taskId ?? ''] as const)
    .sort(([a], [b]) => a - b);
}
const runs = async (name: string, count: number) => (await running(name)).length === count;

const config = (name: string, priority = 0, cpus = 0.1) =>
  wireConfig({ job: keyOf(name), priority, resources: [{ numCpus: cpus }, { ramMb: 128 }, { diskMb: 64 }] });

const create = (name: string, instanceCount: number, cpus?: number) =>
  call('createJob', {
    description: wireJob({ key: keyOf(name), instanceCount, taskConfig: config(name, 0, cpus) }),
  });

async function startUpdate(name: string, priority: number, settings: object): Promise<string> {
  const reply = await call('startJobUpdate', {
    request: {
      taskConfig: config(name, priority),
      instanceCount: 2,
      settings: { updateGroupSize: 1, ...settings },
    },
  });
  return reply.result?.startJobUpdateResult?.key?.id ?? '';
}

async function updateStatus(name: string, id: string): Promise<string | undefined> {
  const reply = await call('getJobUpdateSummaries', { jobUpdateQuery: { key: { job: keyOf(name), id } } });
  return reply.result?.getJobUpdateSummariesResult?.updateSummaries?.[0]?.state?.status;
}
const isIn =
  (name: string, id: string, ...statuses: string[]) =>
  async () =>
    statuses.includes((await updateStatus(name, id)) ?? '');

async function modeOf(host: string): Promise<string | undefined> {
  const reply = await call('maintenanceStatus', { hosts: { hostNames: [host] } });
  return reply.result?.maintenanceStatusResult?.statuses?.[0]?.mode;
}

test.before(async () => {
  const ini = join(directory, 'security.ini');
  writeFileSync(ini, INI, { mode: 0o600 });
  cluster = await startSimulatedCluster({ agents: 4, masterFlags: { allocationIntervalMs: 50 } });
  scheduler = await testScheduler({ mesosMaster: cluster.master, driver: schedulerDriver }, [
    '-http_authentication_mechanism=BASIC',
    `-shiro_ini_path=${ini}`,
  ]);
  browser = await openBrowser();
}, LIMIT_MS);
test.after(async () => {
  await browser?.close();
  await scheduler?.stop();
  await cluster?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** One write: where its button is, what the dialog shows, and what is different afterwards. */
interface Case {
  readonly call: (typeof PAGE_CALLS)[number];
  readonly path: string;
  readonly button: string | RegExp;
  /** What is entered in the dialog; undefined: there is none, because another button undoes it. */
  readonly entered?: Readonly<Record<string, string>>;
  /** The equivalent command, which the dialog shows. */
  readonly command?: string;
  readonly submit?: string;
  /** What the page shows before, where it is only then as the write needs it. */
  readonly ready?: string;
  done(): Promise<boolean>;
}

/** A page of a user, whose requests that change something are remembered. */
async function pageOf(user: keyof typeof USERS): Promise<{ readonly page: Page; readonly sent: Request[] }> {
  const context = await browser.newContext({
    httpCredentials: { username: user, password: USERS[user] },
    extraHTTPHeaders: basic(user),
  });
  context.setDefaultTimeout(STEP_MS);
  const page = await context.newPage();
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request);
  });
  return { page, sent };
}

const show = async (page: Page, path: string) => {
  if (page.url() !== `${origin()}${path}`) await page.goto(`${origin()}${path}`);
};

async function isOffWithReason(page: Page, { button, call: needed, path }: Case): Promise<void> {
  await show(page, path);
  const found = page.locator('main').getByRole('button', { name: button }).first();
  await found.waitFor();
  assert.is(await found.getAttribute('aria-disabled'), 'true', `${needed} is off`);
  assert.match((await found.getAttribute('title')) ?? '', new RegExp(`needs the permission .*${needed}`));
  await found.click({ force: true });
  assert.is(await page.getByRole('dialog').count(), 0, `${needed}: nothing opens`);
}

async function carriedOut(page: Page, one: Case): Promise<void> {
  await show(page, one.path);
  if (one.ready) await page.locator('main').getByText(one.ready).first().waitFor();
  await page.locator('main').getByRole('button', { name: one.button }).first().click();
  const dialog = page.getByRole('dialog');
  if (one.command !== undefined) {
    for (const [name, value] of Object.entries(one.entered ?? {}))
      await dialog.locator(`input[name=${name}]`).fill(value);
    await dialog.getByText(one.command, { exact: true }).waitFor();
    if (one.call === 'killTasks') await picture(page, 'dialog-kill');
    await dialog.getByRole('button', { name: one.submit as string, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
  await until(one.done);
}

test(
  'is carried out for who may, with its command line; to others it is off, with what they lack, and the scheduler refuses it',
  async () => {
    await create('api', 3);
    await create('ended', 1);
    await create('paced', 2);
    await create('versions', 2);
    const cronKey = keyOf('nightly');
    await call('scheduleCronJob', {
      description: wireJob({
        key: cronKey,
        cronSchedule: '15 3 1 1 *',
        taskConfig: { ...config('nightly'), isService: false },
      }),
    });
    await call('setQuota', {
      ownerRole: JOB.role,
      quota: { resources: [{ numCpus: 4 }, { ramMb: 99 }, { diskMb: 9 }] },
    });
    await until(
      async () =>
        (await runs('api', 3)) &&
        (await runs('ended', 1)) &&
        (await runs('paced', 2)) &&
        (await runs('versions', 2)),
    );
    const first = await startUpdate('versions', 1, {});
    await until(isIn('versions', first, 'ROLLED_FORWARD'));
    const second = await startUpdate('versions', 2, { minWaitInInstanceRunningMs: 600_000 });
    const paced = await startUpdate('paced', 1, {
      blockIfNoPulsesAfterMs: 600_000,
      minWaitInInstanceRunningMs: 600_000,
    });
    await until(isIn('paced', paced, 'ROLL_FORWARD_AWAITING_PULSE'));
    const [, firstTask] = (await running('api'))[0] ?? [];
    const ofVersions = `${pathOf('versions')}/update/`;
    const CLUSTER = 'local';

    const cases: readonly Case[] = [
      {
        call: 'restartShards',
        path: pathOf('api'),
        button: /^Restart/,
        entered: { instances: '0' },
        command: `aurora job restart ${CLUSTER}/${textOf('api')}/0`,
        submit: 'Restart',
        done: async () =>
          (await runs('api', 3)) && (await runs('ended', 1)) && (await running('api'))[0]?.[1] !== firstTask,
      },
      {
        call: 'addInstances',
        path: pathOf('api'),
        button: /^Add instances/,
        entered: { count: '2', like: '1' },
        command: `aurora job add ${CLUSTER}/${textOf('api')}/1 2`,
        submit: 'Add instances',
        done: () => runs('api', 5),
      },
      {
        call: 'killTasks',
        path: pathOf('api'),
        button: /^Kill/,
        ready: 'All 5 instances are running.',
        entered: { instances: '3-4', message: 'too many' },
        command: `aurora job kill ${CLUSTER}/${textOf('api')}/3-4 --message='too many'`,
        submit: 'Kill',
        done: () => runs('api', 3),
      },
      {
        call: 'killTasks',
        path: pathOf('ended'),
        button: /^Kill/,
        entered: { instances: '0', typed: textOf('ended') },
        command: `aurora job killall ${CLUSTER}/${textOf('ended')}`,
        submit: 'Kill',
        done: () => runs('ended', 0),
      },
      {
        call: 'pauseJobUpdate',
        path: `${ofVersions}${second}`,
        button: /^Pause/,
        done: isIn('versions', second, 'ROLL_FORWARD_PAUSED'),
      },
      {
        call: 'resumeJobUpdate',
        path: `${ofVersions}${second}`,
        button: /^Resume/,
        done: isIn('versions', second, 'ROLLING_FORWARD'),
      },
      {
        call: 'rollbackJobUpdate',
        path: `${ofVersions}${second}`,
        button: /^Roll back/,
        entered: { message: 'slow' },
        command: `aurora update rollback ${CLUSTER}/${textOf('versions')} --message=slow`,
        submit: 'Roll back',
        done: isIn('versions', second, 'ROLLING_BACK', 'ROLLED_BACK'),
      },
      {
        call: 'pulseJobUpdate',
        path: `${pathOf('paced')}/update/${paced}`,
        button: /^Send a pulse/,
        done: isIn('paced', paced, 'ROLLING_FORWARD'),
      },
      {
        call: 'abortJobUpdate',
        path: `${pathOf('paced')}/update/${paced}`,
        button: /^Abort/,
        entered: {},
        command: `aurora update abort ${CLUSTER}/${textOf('paced')}`,
        submit: 'Abort',
        done: isIn('paced', paced, 'ABORTED'),
      },
      {
        call: 'startCronJob',
        path: pathOf('nightly'),
        button: /^Run now/,
        entered: {},
        command: `aurora cron start ${CLUSTER}/${textOf('nightly')}`,
        submit: 'Run now',
        done: () => runs('nightly', 1),
      },
      {
        call: 'descheduleCronJob',
        path: pathOf('nightly'),
        button: /^Deschedule/,
        entered: { typed: textOf('nightly') },
        command: `aurora cron deschedule ${CLUSTER}/${textOf('nightly')}`,
        submit: 'Deschedule',
        done: async () =>
          (await call('getJobs', { ownerRole: JOB.role })).result?.getJobsResult?.configs?.every(
            ({ cronSchedule = '' }) => cronSchedule === '',
          ) === true,
      },
      {
        call: 'drainHosts',
        path: '/agents/host/agent-3',
        button: /^Drain/,
        entered: {},
        command: `aurora admin drain agent-3 --cluster ${CLUSTER}`,
        submit: 'Drain',
        done: async () => /^DRAIN/.test((await modeOf('agent-3')) ?? ''),
      },
      {
        call: 'endMaintenance',
        path: '/agents/host/agent-3',
        button: /^Put back into service/,
        done: async () => (await modeOf('agent-3')) === 'NONE',
      },
      {
        call: 'drainHosts',
        path: '/maintenance/view',
        button: /^Drain hosts/,
        entered: { hosts: 'agent-2 agent-3', typed: 'agent-2' },
        command: `aurora admin host_drain ${CLUSTER} --hosts=agent-2,agent-3`,
        submit: 'Drain hosts',
        done: async () => /^DRAIN/.test((await modeOf('agent-2')) ?? ''),
      },
      {
        call: 'setQuota',
        path: '/quotas/view',
        button: /^Set quota/,
        entered: { cpus: '7', ramMb: '2048', diskMb: '4096' },
        command: `aurora admin set_quota ${CLUSTER} ${JOB.role} 7 2048MB 4096MB`,
        submit: 'Set quota',
        done: async () => {
          const { result } = await call('getQuota', { ownerRole: JOB.role });
          return JSON.stringify(result?.getQuotaResult?.quota?.resources ?? '').includes('7');
        },
      },
    ];

    const [writer, reader] = await Promise.all([pageOf('root'), pageOf('reader')]);
    const complaints = complaintsOf(writer.page);
    /** Has what the writer's page sent last sent by the reader, whose buttons could be bypassed. */
    const refused = async (what: string) => {
      const request = writer.sent.at(-1);
      assert.ok(request, what);
      assert.ok(request.url().endsWith(`/apibeta/${what}`), `${request.url()} is ${what}`);
      const reply = await fetch(request.url(), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...basic('reader') },
        body: request.postData(),
      });
      assert.match(`${reply.status} ${await reply.text()}`, /^(401|403) |"AUTH_FAILED"/, what);
    };
    for (const one of cases) {
      await isOffWithReason(reader.page, one);
      await carriedOut(writer.page, one);
      await refused(one.call);
    }

    // An earlier version is run again where that is shown: at the update that brought it.
    // The drains may have ended the rollback already: they took its instances down.
    if (await isIn('versions', second, 'ROLLING_BACK')())
      await call('abortJobUpdate', { key: { job: keyOf('versions'), id: second } });
    await call('startJobUpdate', {
      request: { taskConfig: config('versions', 5), instanceCount: 2, settings: { updateGroupSize: 2 } },
    });
    await until(async () => {
      const { result } = await call('getJobUpdateSummaries', {
        jobUpdateQuery: { jobKey: keyOf('versions') },
      });
      const all = result?.getJobUpdateSummariesResult?.updateSummaries ?? [];
      return (
        all.length === 3 &&
        all.every(({ state }) => /^(ROLLED_FORWARD|ROLLED_BACK|FAILED|ABORTED)$/.test(state?.status ?? ''))
      );
    });
    const again: Case = {
      call: 'startJobUpdate',
      path: `${ofVersions}${first}`,
      button: /^Run this version again/,
      entered: { message: 'back' },
      command: `aurora update start ${CLUSTER}/${textOf('versions')} FILE.aurora.ts --message=back`,
      submit: 'Start the update',
      done: async () => {
        const { result } = await call('getTasksStatus', {
          query: { jobKeys: [keyOf('versions')], statuses: ['RUNNING'] },
        });
        const tasks = result?.scheduleStatusResult?.tasks ?? [];
        return tasks.length === 2 && tasks.every(({ assignedTask }) => assignedTask?.task?.priority === 1);
      },
    };
    await isOffWithReason(reader.page, again);
    await carriedOut(writer.page, again);
    await refused('startJobUpdate');
    await picture(reader.page, 'read-only');

    assert.equal(
      PAGE_CALLS.filter((name) => ![...cases, again].some((one) => one.call === name)),
      [],
      'no call of the page is left out',
    );
    assert.is(reader.sent.length, 0, 'who may not sends nothing');
    assert.equal(complaints, []);
  },
  LIMIT_MS,
);

test.run();
