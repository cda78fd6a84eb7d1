import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Hono } from 'hono';
import { encodeCheckpoint, runnerFile, taskFile } from '../../src/api/checkpoints/index.ts';
import { silentLogger } from '../../src/base/log.ts';
import { type ManualClock, manualClock } from '../../src/base/manual-clock.ts';
import { observerApp } from '../../src/observer/http/routes.ts';
import { type Observer, observer } from '../../src/observer/observer.ts';

/** A Mesos work directory with an observer over it, on a clock of the test's. */
interface World {
  readonly root: string;
  readonly clock: ManualClock;
  readonly observer: Observer;
  readonly app: Hono;
  /** Makes the run directory of a task with its checkpoint; the sandbox's path comes back. */
  task(taskId: string, options?: { checkpoint?: Uint8Array; config?: object; header?: object }): string;
  json(path: string): Promise<Record<string, unknown>>;
  look(): void;
}

const header = (sandbox: string, taskId: string) => ({
  task_id: taskId,
  launch_time_ms: 1_500_000_000_000,
  sandbox,
  hostname: 'agent-1',
  user: 'www',
  ports: { http: 31_000 },
  log_dir: `${sandbox}/.logs`,
});

export function checkpointOf(sandbox: string, taskId: string, more: object = {}): Buffer {
  const run = { process: 'web', fork_time: 1_500_000_001, coordinator_pid: 7 };
  return Buffer.concat(
    [
      {
        task_status: {
          state: 'ACTIVE' as const,
          timestamp_ms: 1_500_000_000_000,
          runner_pid: 1,
          runner_uid: 0,
        },
      },
      { runner_header: { ...header(sandbox, taskId), ...more } },
      { process_status: { seq: 0, process: 'web', state: 'WAITING' as const } },
      { process_status: { seq: 1, state: 'FORKED' as const, ...run } },
      {
        process_status: {
          seq: 2,
          process: 'web',
          state: 'RUNNING' as const,
          start_time: 1_500_000_002,
          pid: 8,
        },
      },
      {
        process_status: {
          seq: 3,
          process: 'web',
          state: 'SUCCESS' as const,
          stop_time: 1_500_000_003,
          return_code: 0,
        },
      },
    ].map(encodeCheckpoint),
  );
}

export async function observedWorld(body: (world: World) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'aurora-observer-'));
  const clock = manualClock();
  const seen = observer({
    mesosRoot: root,
    pollingMs: 5_000,
    sampling: undefined,
    askAgent: undefined,
    clock,
    log: silentLogger,
  });
  const app = observerApp(seen);
  const task: World['task'] = (taskId, { checkpoint, config, header: more } = {}) => {
    const run = join(root, 'slaves/s/frameworks/f/executors', `thermos-${taskId}`, 'runs', `c-${taskId}`);
    const sandbox = join(run, 'sandbox');
    mkdirSync(join(sandbox, '.logs/web/0'), { recursive: true });
    const files = join(run, 'checkpoints');
    const active = taskFile(files, 'active', taskId);
    mkdirSync(dirname(active), { recursive: true });
    mkdirSync(dirname(runnerFile(files, taskId)), { recursive: true });
    mkdirSync(dirname(taskFile(files, 'finished', taskId)), { recursive: true });
    writeFileSync(
      active,
      JSON.stringify(config ?? { name: 'web', processes: [{ name: 'web', cmdline: 'run <&>' }] }),
    );
    writeFileSync(runnerFile(files, taskId), checkpoint ?? checkpointOf(sandbox, taskId, more));
    return sandbox;
  };
  try {
    seen.start();
    await body({
      root,
      clock,
      observer: seen,
      app,
      task,
      json: async (path) => (await (await app.request(path)).json()) as Record<string, unknown>,
      look: () => clock.advance(5_000),
    });
  } finally {
    seen.stop();
    rmSync(root, { recursive: true, force: true });
  }
}
