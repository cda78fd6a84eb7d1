import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { NO_AUTH } from '../../src/executor/announcer/auth.ts';
import { parseFlags } from '../../src/executor/flags.ts';
import type { PreparedTask } from '../../src/executor/prepare.ts';
import { prepareTask } from '../../src/executor/prepare.ts';

export interface RunningTask extends PreparedTask {
  readonly sandbox: string;
  /** How it ended, as soon as it has. */
  readonly ended: Promise<{ readonly verdict: string; readonly reason: string }>;
  /** What a run of a process wrote. */
  output(process: string, run?: number, stream?: string): string;
  /** Resolves when a file in the sandbox holds `text`. */
  written(path: string, text?: string): Promise<void>;
  file(path: string): string;
  write(path: string, text: string): void;
  remove(): void;
}

export interface TaskOptions {
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly ports?: Readonly<Record<string, number>>;
  readonly role?: string;
  readonly taskId?: string;
  readonly log?: Logger;
}

/** Polls: other processes write these files, and nothing tells when. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadlineMs = performance.now() + 9_000; !holds(); ) {
    if (performance.now() > deadlineMs) throw new Error(`never happened: ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** Prepares a task with real processes in a directory of its own; call `runner.start()` to begin. */
export function realTask(task: object, options: TaskOptions = {}): RunningTask {
  const runDirectory = mkdtempSync(join(tmpdir(), 'aurora-executor-'));
  const sandbox = join(runDirectory, 'sandbox');
  let end: (result: { verdict: string; reason: string }) => void;
  const ended = new Promise<{ verdict: string; reason: string }>((resolve) => {
    end = resolve;
  });
  const read = (path: string) => {
    try {
      return readFileSync(join(sandbox, path), 'utf8');
    } catch {
      return '';
    }
  };
  const prepare = () =>
    prepareTask(
      {
        taskId: options.taskId ?? 'task-1',
        instance: 3,
        hostname: 'host.example',
        role: options.role ?? 'nobody',
        executorData: JSON.stringify({ role: 'nobody', task: { name: 'test', ...task } }),
        assignedPorts: options.ports ?? {},
        environment: 'test',
        job: 'job',
        container: 'none',
        volumes: [],
      },
      {
        flags: parseFlags(options.flags ?? ['--nosetuid']),
        env: options.env ?? { PATH: process.env.PATH },
        runDirectory,
        makeAnnouncer: undefined,
        announcerAuth: NO_AUTH,
        clock: systemClock,
        random: seededRandom(5),
        log: options.log ?? silentLogger,
      },
      (verdict, reason) => end({ verdict, reason }),
    );
  let prepared: PreparedTask;
  try {
    prepared = prepare();
  } catch (error) {
    rmSync(runDirectory, { recursive: true });
    throw error;
  }
  return {
    ...prepared,
    sandbox,
    ended,
    output: (process, run = 0, stream = 'stdout') => read(`.logs/${process}/${run}/${stream}`),
    written: (path, text = '') => until(`${path} holds ${text}`, () => read(path).includes(text || '\n')),
    file: read,
    write(path, text) {
      mkdirSync(dirname(join(sandbox, path)), { recursive: true });
      writeFileSync(join(sandbox, path), text);
    },
    remove: () => rmSync(runDirectory, { recursive: true, force: true }),
  };
}
