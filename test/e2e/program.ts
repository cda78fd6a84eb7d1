import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const BINARY = resolve('bin/aurora.js');

/** Runs one command of the built program to its end; `home` holds clusters.json. */
export function runProgram(
  home: string,
  ...args: string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, HOME: home, AURORA_CONFIG_ROOT: home, TZ: 'UTC' };
  const child = spawn(process.execPath, [BINARY, ...args], {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}
