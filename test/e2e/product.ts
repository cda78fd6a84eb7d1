/**
 * The built product as a user runs it: `bin/aurora.js` as processes, a real embedded cluster, real executors. Every
 * instance has a folder of its own for state, clusters.json and job files.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BINARY = resolve('bin/aurora.js');
const READY_LIMIT_MS = 30_000;
const POLL_MS = 25;

export interface Finished {
  /** Exit code, or the name of the signal that ended it. */
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningScheduler {
  /** Everything it wrote so far, both streams. */
  log(): string;
  /** SIGKILL, as a crash of the machine's scheduler would be; resolves when it is gone. */
  kill9(): Promise<void>;
  /** A normal stop (SIGTERM); resolves with its exit code. */
  stop(): Promise<number | NodeJS.Signals>;
  readonly finished: Promise<number | NodeJS.Signals>;
}

/** A client command under way. */
export interface RunningCommand {
  stderr(): string;
  kill(): void;
  readonly finished: Promise<Finished>;
}

export interface Product {
  readonly port: number;
  readonly home: string;
  readonly dataDir: string;
  /** Starts one client command. */
  start(...args: string[]): RunningCommand;
  /** Runs one client command to its end. */
  aurora(...args: string[]): Promise<Finished>;
  /** Starts `aurora scheduler start`; resolves once it leads, rejects with its log when it ends before that. */
  startScheduler(...flags: string[]): Promise<RunningScheduler>;
  /** Writes a job file into the home folder; returns its path. */
  jobFile(name: string, source: string): string;
  /** Removes the folders; call after everything is stopped. */
  remove(): void;
}

/** A port nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Asks again and again until `probe` gives a value; fails with `what` after `limitMs`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = READY_LIMIT_MS,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > endMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((next) => setTimeout(next, POLL_MS));
  }
}

const ended = (child: ChildProcess): Promise<number | NodeJS.Signals> =>
  new Promise((done) => child.once('close', (code, signal) => done(code ?? signal ?? 1)));

/** Whether a scheduler leads there; a connection of its own each time, so that nothing stays open. */
const leads = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const request = get(
      { host: '127.0.0.1', port, path: '/leaderhealth', agent: false, timeout: 2_000 },
      (answer) => {
        answer.resume();
        answer.once('close', () => done(answer.statusCode === 200));
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => done(false));
  });

/** @param binary the program; default: that of this checkout. */
export async function newProduct(binary = BINARY): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'aurora-e2e-'));
  const port = await freePort();
  const dataDir = join(home, 'data');
  const config = join(home, 'etc');
  mkdirSync(config);
  writeFileSync(
    join(config, 'clusters.json'),
    JSON.stringify([
      { name: 'local', scheduler_uri: `http://127.0.0.1:${port}`, auth_mechanism: 'UNAUTHENTICATED' },
    ]),
  );
  const env = { ...process.env, HOME: home, AURORA_CONFIG_ROOT: config, LOGNAME: 'tester', TZ: 'UTC' };
  const spawned = (args: string[]) =>
    spawn(process.execPath, [binary, ...args], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });

  const start = (...args: string[]): RunningCommand => {
    const child = spawned(args);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const finished = ended(child).then((code) => ({ code, stdout, stderr }));
    return { stderr: () => stderr, kill: () => child.kill('SIGKILL'), finished };
  };

  return {
    port,
    home,
    dataDir,
    start,
    aurora: (...args) => start(...args).finished,
    async startScheduler(...flags) {
      const child = spawned([
        'scheduler',
        'start',
        '--http-port',
        String(port),
        '--data-dir',
        dataDir,
        ...flags,
      ]);
      let log = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
      const finished = ended(child);
      let over: number | NodeJS.Signals | undefined;
      finished.then((code) => (over = code));
      await until('a leading scheduler', () => {
        if (over !== undefined) throw new Error(`the scheduler ended (${over}):\n${log}`);
        return leads(port);
      }).catch((error) => {
        child.kill('SIGKILL');
        throw new Error(`${error.message}\n${log}`);
      });
      return {
        log: () => log,
        finished,
        async kill9() {
          child.kill('SIGKILL');
          await finished;
        },
        async stop() {
          child.kill('SIGTERM');
          return finished;
        },
      };
    },
    jobFile(name, source) {
      const path = join(home, name);
      writeFileSync(path, source);
      return path;
    },
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
