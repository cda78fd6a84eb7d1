// Makes V8's code cache for every bundle of the CLI. Each bundle is run once, so that its cache also holds functions
// that are only compiled when they are called. A stand-in answers the commands: just enough of a scheduler for the
// usual way through each command.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './files.js';
import { sourceModule } from './source-module.js';

const KEY = 'local/hello/devel/hello_world';
const FILE = 'examples/hello_world.aurora.ts';

/** A usual command line for each bundle; a bundle without one is only loaded. */
const USUAL = {
  aurora: [],
  'config-check': ['config', 'check', FILE],
  'config-list': ['config', 'list', FILE],
  'cron-deschedule': ['cron', 'deschedule', KEY],
  'cron-start': ['cron', 'start', KEY],
  'job-add': ['job', 'add', `${KEY}/0`, '1'],
  'job-create': ['job', 'create', KEY, FILE],
  'job-inspect': ['job', 'inspect', KEY, FILE],
  'job-kill': ['job', 'kill', `${KEY}/0`],
  'job-killall': ['job', 'killall', KEY],
  'job-list': ['job', 'list', 'local/hello'],
  'job-status': ['job', 'status', KEY],
  'job-diff': ['job', 'diff', KEY, FILE],
  'quota-get': ['quota', 'get', 'local/hello'],
  'sla-get-job-uptime': ['sla', 'get-job-uptime', KEY],
  'sla-get-task-up-count': ['sla', 'get-task-up-count', KEY],
  'update-abort': ['update', 'abort', KEY],
  'update-info': ['update', 'info', KEY],
  'update-list': ['update', 'list', KEY],
  'update-pause': ['update', 'pause', KEY],
  'update-plan': ['update', 'plan', KEY, FILE],
  'update-pulse': ['update', 'pulse', KEY],
  'update-resume': ['update', 'resume', KEY],
  'update-rollback': ['update', 'rollback', KEY],
  'update-start': ['update', 'start', KEY, FILE],
  'update-wait': ['update', 'wait', KEY],
  'update-watch': ['update', 'watch', KEY, 'update-0'],
  version: ['version'],
};

const key = { role: 'hello', environment: 'devel', name: 'hello_world' };
const event = (status, timestamp) => ({ status, timestamp, message: status, scheduler: 'here' });
const task = (status) => ({
  assignedTask: {
    taskId: 'task-0',
    slaveHost: 'agent',
    slaveId: 'agent-0',
    instanceId: 0,
    assignedPorts: { http: 31000 },
    task: {
      job: key,
      owner: { user: 'hello' },
      isService: true,
      resources: [{ numCpus: 0.5 }, { ramMb: 128 }, { diskMb: 128 }, { namedPort: 'http' }],
      metadata: [{ key: 'a', value: 'b' }],
      container: { mesos: {} },
    },
  },
  status,
  taskEvents: [event('PENDING', 1), event(status, 2)],
});
const tier = (name, preemptible) => ({
  name,
  settings: { preemptible: String(preemptible), revocable: 'false' },
});

const update = {
  key: { job: key, id: 'update-0' },
  user: 'hello',
  state: { status: 'ROLLED_FORWARD', createdTimestampMs: 1, lastModifiedTimestampMs: 2 },
  metadata: [{ key: 'a', value: 'b' }],
};
const group = (instance) => ({
  config: task('RUNNING').assignedTask.task,
  instances: [{ first: instance, last: instance }],
});

/** The results by method. A query for given instances is assumed to come from the wait of a kill. */
const RESULTS = {
  getTierConfigs: () => ({
    getTierConfigResult: {
      defaultTierName: 'preemptible',
      tiers: [tier('preferred', false), tier('preemptible', true)],
    },
  }),
  getJobUpdateSummaries: () => ({ getJobUpdateSummariesResult: { updateSummaries: [update] } }),
  getJobUpdateDetails: () => ({
    getJobUpdateDetailsResult: {
      detailsList: [
        {
          update: { summary: update },
          updateEvents: [{ status: 'ROLLING_FORWARD', timestampMs: 1 }],
          instanceEvents: [{ instanceId: 0, timestampMs: 1, action: 'INSTANCE_UPDATED' }],
        },
      ],
    },
  }),
  getJobUpdateDiff: () => ({
    getJobUpdateDiffResult: { add: [group(2)], remove: [], update: [group(1)], unchanged: [group(0)] },
  }),
  planJobUpdate: ({ request }) => ({
    planJobUpdateResult: {
      plan: {
        digest: 'digest',
        diff: { add: [group(2)], remove: [], update: [group(1)], unchanged: [group(0)] },
        taskConfig: request.taskConfig,
        settings: request.settings,
        batches: [{ create: group(2).instances, replace: group(1).instances, inFlight: 1 }],
        forecast: { wanted: 2, fitting: 2 },
        leastMs: 45_000,
      },
    },
  }),
  pulseJobUpdate: () => ({ pulseJobUpdateResult: { status: 'FINISHED' } }),
  startJobUpdate: () => ({ startJobUpdateResult: { key: update.key } }),
  populateJobConfig: ({ description }) => ({ populateJobResult: { taskConfig: description.taskConfig } }),
  getQuota: () => ({
    getQuotaResult: { quota: { resources: [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }] } },
  }),
  getJobs: () => ({ getJobsResult: { configs: [{ key, instanceCount: 1 }] } }),
  getTasksWithoutConfigs: ({ query }) => ({
    scheduleStatusResult: { tasks: [task(query.instanceIds?.length ? 'KILLED' : 'RUNNING')] },
  }),
};

async function answering({ decodeMessage, encodeMessage }) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, seqid, args } = decodeMessage(Buffer.concat(chunks), 'binary');
    const answer = { responseCode: 'OK', details: [], result: RESULTS[method]?.(args) };
    response.end(encodeMessage({ kind: 'reply', method, seqid, response: answer }, 'binary'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The time limit of a command. One that takes longer is broken, and the build should fail rather than hang. */
const WARM_LIMIT_MS = 30_000;

/** Runs a bundle in a process of its own, which writes the cache when it ends. */
function warm(dist, name, env) {
  const program = join(ROOT, 'scripts/lib/warm-bundle.cjs');
  const args = [program, join(dist, 'cli'), name, ...(USUAL[name] ?? ['--load-only'])];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: WARM_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${name} ended with ${signal ?? code}: ${errors}`)),
    );
  });
}

/** Writes `cli/NAME.cache` below `dist` for each of the bundles. */
export async function writeCodeCaches(dist, names) {
  const home = mkdtempSync(join(tmpdir(), 'aurora-build-'));
  const server = await answering(await sourceModule('src/api/index.ts'));
  try {
    const uri = `http://127.0.0.1:${server.address().port}`;
    writeFileSync(join(home, 'clusters.json'), JSON.stringify([{ name: 'local', scheduler_uri: uri }]));
    const env = { ...process.env, AURORA_CONFIG_ROOT: home, HOME: home, LOGNAME: 'hello' };
    for (const proxy of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']) delete env[proxy];
    // Runs as many at a time as there are processors, because each is a start of Node with a little work.
    const left = [...names];
    const worker = async () => {
      for (let name = left.shift(); name; name = left.shift()) await warm(dist, name, env);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  } finally {
    server.close();
    rmSync(home, { recursive: true, force: true });
  }
}
