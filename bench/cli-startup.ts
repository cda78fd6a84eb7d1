/**
 * What starting the CLI costs: the CPU time, user and system, of `aurora version` and of `aurora job status` with a
 * scripted scheduler, each compared with a bare `node -e 0`. The three take turns, so that a busy machine slows them
 * all alike.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeScheduler } from '../test/commands/golden/fake-scheduler.ts';
import { groups } from '../test/commands/golden/scenario.ts';
import { figure, median } from './harness.ts';

const ROUNDS = 41;
/** Rounds without NODE_EXTRA_CA_CERTS, if it is set. */
const PLAIN_ROUNDS = 15;
/** Rounds that bring the files into the page cache. */
const WARM_UP_ROUNDS = 3;

/** The CPU time of a program in milliseconds; the shell that starts it reads the resource usage of its child. */
function cpuMs(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const script = 'TIMEFORMAT="%3U %3S"; time "$0" "$@" > /dev/null 2>&1';
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn('bash', ['-c', script, process.execPath, ...args], { env, stdio: [...stdio] });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const [user, system] = said.trim().split(' ').map(Number);
      if (code !== 0 || user === undefined || system === undefined)
        reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`));
      else resolve((user + system) * 1000);
    });
  });
}

const small = groups()
  .flatMap(({ scenarios }) => scenarios)
  .find(({ id }) => id === 'status-one');
if (!small) throw new Error('the recording status-one is gone');
const scheduler = await fakeScheduler(
  small.rpcs.map((rpc) => ({ ...rpc, times: ROUNDS + PLAIN_ROUNDS + 2 * WARM_UP_ROUNDS })),
);
const home = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
const uri = `http://127.0.0.1:${scheduler.ports[0]}`;
writeFileSync(join(home, 'clusters.json'), JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
const env: NodeJS.ProcessEnv = {
  ...process.env,
  HOME: home,
  AURORA_CONFIG_ROOT: home,
  NO_PROXY: '127.0.0.1',
};
const programs = {
  node: ['-e', '0'],
  version: ['bin/aurora.js', 'version'],
  status: ['bin/aurora.js', ...small.argv],
} as const;
type Spent = Record<keyof typeof programs, number[]>;

async function measured(rounds: number, own: NodeJS.ProcessEnv): Promise<Spent> {
  const spentMs: Spent = { node: [], version: [], status: [] };
  for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
    for (const name of Object.keys(programs) as (keyof typeof programs)[]) {
      const ms = await cpuMs(programs[name], own);
      if (round >= WARM_UP_ROUNDS) spentMs[name].push(ms);
    }
  }
  return spentMs;
}

function show(spentMs: Spent, suffix: string, about: string): void {
  const bareMs = median(spentMs.node);
  const conditions = `median of ${spentMs.node.length}, user and system time, node ${process.version}, bare node ${bareMs.toFixed(0)} ms${about}`;
  for (const [name, of] of [
    ['version_cpu_ratio', 'version'],
    ['job_status_cpu_ratio', 'status'],
  ] as const) {
    const ms = median(spentMs[of]);
    figure({
      name: `${name}${suffix}`,
      value: ms / bareMs,
      unit: 'ratio',
      conditions: `${conditions}, command ${ms.toFixed(0)} ms`,
    });
  }
}

/**
 * The variable makes Node itself slower to start, and so the ratios smaller; when it is set, both figures are printed.
 */
const { NODE_EXTRA_CA_CERTS: certificates, ...plain } = env;
const spent = await measured(ROUNDS, env);
const withoutThem = certificates ? await measured(PLAIN_ROUNDS, plain) : undefined;
await scheduler.close();
rmSync(home, { recursive: true, force: true });
if (scheduler.problems.length > 0) throw new Error(scheduler.problems.join('\n'));
show(spent, '', certificates ? ', NODE_EXTRA_CA_CERTS set' : '');
if (withoutThem) show(withoutThem, '_plain', ', NODE_EXTRA_CA_CERTS unset');
