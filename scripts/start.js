// `npm start`: from a clone to a running job. Installs and builds what is missing, starts a scheduler with its embedded
// cluster, submits the hello-world job, shows its output and stays up until Ctrl-C.
//   npm start -- --http-port 8082     when 8081 is taken
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './lib/files.js';
import { follow, newestOutput } from './lib/follow.js';
import { giveUp, prepare } from './lib/prepare.js';
import { commandStartMs } from './lib/process-age.js';

const JOB = 'local/hello/devel/hello_world';
const JOB_FILE = 'examples/hello_world.aurora.ts';
const READY_LIMIT_MS = 30_000;
const POLL_MS = 50;

const startedMs = commandStartMs();
const say = (text) => console.log(`aurora: ${text}`);
const seconds = () => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;

function readPort(args) {
  const at = args.findIndex((arg) => arg === '--http-port' || arg.startsWith('--http-port='));
  if (at < 0 && args.length > 0) giveUp(`unknown argument ${args[0]}; npm start takes only --http-port N`);
  if (at < 0) return 8081;
  const port = Number(args[at].split('=')[1] ?? args[at + 1]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    giveUp('--http-port takes a number from 1 to 65535');
  return port;
}

const port = readPort(process.argv.slice(2));
prepare((text) => say(`${text} ...`));

const home = mkdtempSync(join(tmpdir(), 'aurora-start-'));
const dataDir = join(home, 'data');
const config = join(home, 'clusters');
mkdirSync(config);
writeFileSync(
  join(config, 'clusters.json'),
  JSON.stringify([
    { name: 'local', scheduler_uri: `http://127.0.0.1:${port}`, auth_mechanism: 'UNAUTHENTICATED' },
  ]),
);
const env = { ...process.env, AURORA_CONFIG_ROOT: config };
const aurora = (args, stdio) =>
  spawn(process.execPath, [join(ROOT, 'bin/aurora.js'), ...args], { cwd: ROOT, env, stdio });
const ended = (child) =>
  new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 1)));

const scheduler = aurora(
  ['scheduler', 'start', '--http-port', String(port), '--data-dir', dataDir],
  ['ignore', 'pipe', 'pipe'],
);
let log = '';
for (const stream of [scheduler.stdout, scheduler.stderr]) {
  stream.on('data', (chunk) => {
    log = (log + chunk).slice(-20_000);
  });
}
const schedulerEnded = ended(scheduler);
let following;
let stopping = false;

async function stop(code, text) {
  if (stopping) return;
  stopping = true;
  following?.stop();
  if (text) say(text);
  scheduler.kill('SIGTERM');
  await schedulerEnded;
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.exitCode = code;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => stop(0, 'stopping the job, the cluster and the scheduler'));
// Nobody reads any more (`npm start | head`, a terminal that is gone): what was started must not stay behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop(0));
schedulerEnded.then((code) => {
  if (!stopping) {
    console.error(log);
    stop(1, `the scheduler ended by itself (${code}); its last words are above`);
  }
});

/** Whether the scheduler is up, according to its own log, because another program may answer on the port. */
const serves = () => /^Cluster \S+ is up/m.test(log);

async function leads() {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/leaderhealth`, {
      signal: AbortSignal.timeout(2_000),
    });
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function untilReady() {
  const untilMs = Date.now() + READY_LIMIT_MS;
  while (!stopping) {
    if (serves() && (await leads())) return true;
    if (Date.now() > untilMs) {
      console.error(log);
      await stop(1, `the scheduler was not ready after ${READY_LIMIT_MS / 1000} s; its last words are above`);
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  return false;
}

if (await untilReady()) {
  say(`scheduler and embedded cluster are up at http://127.0.0.1:${port} (${seconds()})`);
  const create = aurora(
    ['job', 'create', JOB, JOB_FILE, '--wait-until', 'RUNNING'],
    ['ignore', 'inherit', 'inherit'],
  );
  const code = await ended(create);
  if (!stopping && code !== 0) await stop(1, `the job could not be created (exit code ${code})`);
  if (!stopping) {
    say(`${JOB} is RUNNING, ${seconds()} after the command`);
    say('its output follows; Ctrl-C ends everything. In another terminal, try:');
    console.log(`    node bin/aurora.js job status ${JOB}\n`);
    following = follow(() => newestOutput(dataDir));
  }
}
