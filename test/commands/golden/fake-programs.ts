import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeProgram, Spawned } from './scenario.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Shell scripts that write down how they were called, and say what the recording has them say. */
export function writePrograms(folder: string, programs: Readonly<Record<string, FakeProgram>>): void {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'calls'));
  for (const [name, { stdout = '', stderr = '', exit = 0 }] of Object.entries(programs)) {
    const path = join(folder, 'bin', name);
    const lines = [
      '#!/bin/sh',
      `printf '%s\\0' ${quoted(name)} "$@" > ${quoted(join(folder, 'calls'))}/$$`,
      `printf '%s' ${quoted(stdout)}`,
      `printf '%s' ${quoted(stderr)} >&2`,
      `exit ${exit}`,
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    chmodSync(path, 0o755);
  }
}

/** The programs that were started, in an order of their own; temporary files as `$TMP1`, `$TMP2`. */
export function callsOf(folder: string): readonly Spawned[] {
  const calls = join(folder, 'calls');
  return sorted(
    readdirSync(calls).map((file) => {
      const [prog = '', ...argv] = readFileSync(join(calls, file), 'utf8').split('\0').slice(0, -1);
      let temporary = 0;
      return {
        prog,
        argv: argv.map((word) => (word.startsWith(`${tmpdir()}/`) ? `$TMP${++temporary}` : word)),
      };
    }),
  );
}

/** What runs at the same time has no order. */
export const sorted = (calls: readonly Spawned[]): readonly Spawned[] =>
  [...calls].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
