/** `aurora scheduler start` as a process under a supervisor, which starts it again whenever it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const BINARY = resolve('bin/aurora.js');
/** What is kept of what it wrote. */
const LOG_CHARS = 20_000;

/** One life of a scheduler. */
export interface SchedulerLife {
  readonly pid: number;
  /** Resolves when it says that it was elected; pending for ever when it never was. */
  readonly elected: Promise<void>;
  /** Exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  alive(): boolean;
  /** The end of what it wrote, both streams. */
  log(): string;
}

export interface Supervised {
  readonly port: number;
  /** The present life. */
  life(): SchedulerLife;
  /** SIGKILL; resolves when it is gone and the next life has begun. */
  kill9(): Promise<void>;
  /** SIGSTOP: a machine that hangs. The result goes on with it (SIGCONT). */
  freeze(): () => void;
  /** Lives that ended by themselves: what they wrote last. */
  readonly deaths: readonly string[];
  /** Ends the present life with SIGTERM and begins no other; resolves with its exit code. */
  stop(): Promise<number | NodeJS.Signals>;
}

function begin(args: readonly string[], env: NodeJS.ProcessEnv): SchedulerLife {
  const child: ChildProcess = spawn(process.execPath, [BINARY, 'scheduler', 'start', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let isElected: () => void = () => {};
  const elected = new Promise<void>((done) => {
    isElected = done;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      log = (log + chunk).slice(-LOG_CHARS);
      if (/ elected path=/.test(log)) isElected();
    });
  let over = false;
  const ended = new Promise<number | NodeJS.Signals>((done) =>
    child.once('close', (code, signal) => {
      over = true;
      done(code ?? signal ?? 1);
    }),
  );
  return { pid: child.pid as number, elected, ended, alive: () => !over, log: () => log };
}

/** Keeps a scheduler alive on this port with these further flags. */
export function supervise(port: number, flags: readonly string[], env: NodeJS.ProcessEnv = {}): Supervised {
  const args = ['-ip=127.0.0.1', '-hostname=127.0.0.1', `-http_port=${port}`, ...flags];
  const deaths: string[] = [];
  let stopped = false;
  let killed: SchedulerLife | undefined;
  let life: SchedulerLife;
  let next: Promise<void> = Promise.resolve();
  const live = () => {
    const now = begin(args, env);
    life = now;
    next = now.ended.then((how) => {
      if (stopped) return;
      if (killed !== now) deaths.push(`ended by itself (${how}):\n${now.log()}`);
      live();
    });
  };
  live();
  return {
    port,
    life: () => life,
    deaths,
    async kill9() {
      const begun = next;
      killed = life;
      process.kill(life.pid, 'SIGKILL');
      await begun;
    },
    freeze() {
      const { pid } = life;
      process.kill(pid, 'SIGSTOP');
      return () => process.kill(pid, 'SIGCONT');
    },
    async stop() {
      stopped = true;
      if (life.alive()) process.kill(life.pid, 'SIGTERM');
      return life.ended;
    },
  };
}
