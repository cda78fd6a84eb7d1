import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { processTable, startedWith } from '../../src/proc/process-table.ts';
import { type ScriptedAgent, scriptedAgent } from './scripted-agent.ts';

/** The executor as the product ships it: one file that needs nothing beside it. */
export interface ExecutorProgram {
  readonly file: string;
  /** Starts it under a scripted agent, in a run directory of its own. */
  start(options?: {
    env?: Record<string, string>;
    args?: readonly string[];
    /** Run by a shell before the executor takes its place. */
    before?: string;
    /** Folder that the run directory lies in. */
    place?: string;
    /** The agent speaks https. */
    tls?: ServerOptions;
  }): Promise<StartedExecutor>;
  remove(): Promise<void>;
}

export interface StartedExecutor {
  readonly agent: ScriptedAgent;
  readonly process: ChildProcess;
  readonly runDirectory: string;
  /** Exit code and everything that was said. */
  readonly exited: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Living processes of the task. */
  survivors(): number[];
  /** Ends what is left and closes the agent. */
  clean(): Promise<void>;
}

/**
 * Bundles src/executor/entry.ts the way the product's build does. The file has no extension, so that whether it counts
 * as CommonJS or as a module depends on the package.json above it, wherever it was copied to: it must be both.
 */
async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: ['src/executor/entry.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20.19',
    format: 'iife',
    legalComments: 'none',
    banner: { js: readFileSync('scripts/lib/executor-banner.txt', 'utf8').trimEnd() },
    logLevel: 'error',
  });
  chmodSync(outfile, 0o755);
}

export async function executorProgram(): Promise<ExecutorProgram> {
  const root = mkdtempSync(join(tmpdir(), 'aurora-executor-program-'));
  const file = join(root, 'aurora-executor');
  await bundle(file);
  // As in a user's project: the agent's work directory may well be below one.
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  let started = 0;
  return {
    file,
    async start({ env = {}, args = ['--nosetuid'], before = ':', place = '.', tls } = {}) {
      const agent = await scriptedAgent(tls);
      const runDirectory = join(root, place, `run-${started++}`);
      mkdirSync(runDirectory, { recursive: true });
      const secret = openSync('/etc/hostname', 'r');
      const child = spawn('/bin/sh', ['-c', `${before}; exec "$0" "$@"`, file, ...args], {
        cwd: runDirectory,
        env: { ...agent.environment(runDirectory), ...env },
        stdio: ['ignore', 'pipe', 'pipe', secret],
      });
      closeSync(secret);
      let output = '';
      child.stdout?.on('data', (chunk) => {
        output += chunk;
      });
      child.stderr?.on('data', (chunk) => {
        output += chunk;
      });
      const exited = new Promise<{ code: number | null; output: string }>((resolve) =>
        child.once('close', (code) => resolve({ code, output })),
      );
      const survivors = () =>
        processTable()
          .filter((entry) => !entry.zombie && startedWith(entry.pid, 'HOME', join(runDirectory, 'sandbox')))
          .map((entry) => entry.pid);
      return {
        agent,
        process: child,
        runDirectory,
        exited,
        survivors,
        async clean() {
          if (child.exitCode === null) child.kill('SIGKILL');
          await exited;
          for (const pid of survivors()) process.kill(pid, 'SIGKILL');
          await agent.close();
        },
      };
    },
    async remove() {
      rmSync(root, { recursive: true, force: true });
      await stop();
    },
  };
}
