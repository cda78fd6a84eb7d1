import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, decodeMessage, encodeMessage, type Wire } from '../../src/api/index.ts';
import type { Clock } from '../../src/base/clock.ts';
import { AuroraError, messageOf } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createJob } from '../../src/client/create-job.ts';
import { loadJob } from '../../src/client/job-config.ts';
import { parseJobKey } from '../../src/client/job-key.ts';
import type { Session } from '../../src/client/session.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('submitting a job');
const THRIFT = 'application/vnd.apache.thrift.binary';

let home = '';
test.before(() => {
  home = mkdtempSync(join(tmpdir(), 'aurora-create-'));
  mkdirSync(join(home, '.aurora'));
});
test.after(() => rmSync(home, { recursive: true, force: true }));

/** Waits take no time. */
const clock: Clock = {
  nowMs: () => 0,
  monotonicMs: () => 0,
  after: (_, task) => {
    const next = setImmediate(task);
    return { cancel: () => clearImmediate(next) };
  },
};
const session: Session = {
  get env() {
    return { HOME: home, USER: 'me', AURORA_CONFIG_ROOT: home };
  },
  clock,
  log: silentLogger,
  signal: new AbortController().signal,
  print: () => {},
  complain: () => {},
  openPage: () => {},
  terminal: () => undefined,
  stdio: [0, 1, 2],
};
const JOB = parseJobKey('west/web/test/frontend');
const FILE = 'test/client/fixtures/frontend.aurora.ts';

type Status = NonNullable<Wire<'ScheduledTask'>['status']>;
/** The newest tasks of the job's instances; `at` says which of an instance is the newest. */
const tasks = (...statuses: readonly Status[]): Wire<'Response'> => ({
  responseCode: 'OK',
  result: {
    scheduleStatusResult: {
      tasks: statuses.map((status, instanceId) => ({
        status,
        assignedTask: { instanceId },
        taskEvents: [{ timestamp: 1, status: 'PENDING' }],
      })),
    },
  },
});

/** A scheduler that takes any job and then shows its tasks as the list says, one answer a look. */
async function withScheduler(looks: readonly Wire<'Response'>[], body: () => Promise<void>): Promise<void> {
  const left = [...looks];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, seqid } = decodeMessage(Buffer.concat(chunks), 'binary') as Call;
    const tiers = { defaultTierName: 'preemptible', tiers: [{ name: 'preemptible', settings: {} }] };
    const answer: Wire<'Response'> =
      method === 'getTierConfigs'
        ? { responseCode: 'OK', result: { getTierConfigResult: tiers } }
        : method === 'createJob'
          ? { responseCode: 'OK' }
          : (left.shift() ?? { responseCode: 'ERROR' });
    response.setHeader('Content-Type', THRIFT);
    response.end(encodeMessage({ kind: 'reply', method, seqid, response: answer }, 'binary'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const clusters = [{ name: 'west', scheduler_uri: `http://127.0.0.1:${port}` }];
  writeFileSync(join(home, '.aurora/clusters.json'), JSON.stringify(clusters));
  try {
    await body();
  } finally {
    await new Promise((done) => server.close(done));
  }
}

const create = (waitUntil: 'RUNNING' | 'FINISHED') =>
  createJob(session, {
    job: JOB,
    file: FILE,
    config: { binds: {}, json: false },
    waitUntil,
    openBrowser: false,
  } as Parameters<typeof createJob>[1]).then(() => 'succeeded', messageOf);

test('a failure that the wait saw counts, whatever comes after it', async () => {
  await withScheduler(
    [tasks('PENDING', 'RUNNING'), tasks('FAILED', 'RUNNING'), tasks('PENDING', 'RUNNING')],
    async () => {
      assert.match(await create('RUNNING'), /instances \[0\] of 2 did not come up/);
    },
  );
  await withScheduler([tasks('FINISHED', 'LOST'), tasks('FINISHED', 'RUNNING')], async () => {
    assert.match(await create('FINISHED'), /instances \[1\] of 2 did not come up/);
  });
});

test('a failure that was over when the wait ended does not', async () => {
  await withScheduler(
    [tasks('FAILED', 'PENDING'), tasks('RUNNING', 'RUNNING'), tasks('RUNNING', 'RUNNING')],
    async () => {
      assert.is(await create('RUNNING'), 'succeeded');
    },
  );
});

test('what is wrong with a job is found before anybody is asked', async () => {
  const nobody = () => {
    throw new Error('the scheduler was asked');
  };
  const file = join(home, 'unbound.aurora.ts');
  for (const [fields, said] of [
    ["instances: '{{n}}'", /instances: \{\{n\}\} is bound to nothing/],
    [
      "task: Task({ processes: [p], resources: { cpu: '{{n}}', ram: MB, disk: MB } })",
      /cpu: \{\{n\}\} is bound/,
    ],
    ["constraints: { host: 'limit:0' }", /must be a limit of at least 1, got 0/],
  ] as const) {
    writeFileSync(
      file,
      `import { MB, Process, Service, SimpleTask, Task } from 'aurora';
const p = Process({ name: 'p', cmdline: 'true' });
export default [Service({ cluster: 'west', role: 'web', environment: 'test', name: 'frontend',
  task: SimpleTask('p', 'true'), ${fields} })];`,
    );
    try {
      await loadJob(session, nobody, JOB, file, { binds: {}, json: false });
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof AuroraError, String(error));
      assert.match(error.message, said);
    }
  }
});

test.run();
