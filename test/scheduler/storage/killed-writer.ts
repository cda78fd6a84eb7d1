import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ReadStores } from '../../../src/scheduler/storage/index.ts';
import { assert } from '../../harness/index.ts';

/** Starts busy-writer.ts. */
export const startWriter = (where: string, first: number) =>
  spawn(
    process.execPath,
    ['--import', './scripts/ts-loader.js', 'test/scheduler/storage/busy-writer.ts', where, String(first)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );

export interface WriterEnd {
  /** The numbers of all writes that it acknowledged. */
  readonly acknowledged: readonly number[];
  /** Exit code or signal. */
  readonly end: number | string;
  readonly errors: string;
}

/** Runs the writer until it has acknowledged so many writes, then does to it what is to be done, and waits for its end. */
export async function writeUntil(
  where: string,
  first: number,
  acknowledgements: number,
  act: (writer: ChildProcess) => void,
): Promise<WriterEnd> {
  const writer = startWriter(where, first);
  const gone = once(writer, 'close');
  const acknowledged: number[] = [];
  let errors = '';
  writer.stderr.on('data', (part: Buffer) => {
    errors += part.toString();
  });
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === acknowledgements) act(writer);
  }
  const [code, signal] = await gone;
  return { acknowledged, end: code ?? signal, errors };
}

/** Checks that everything acknowledged is there, whole, and nothing is missing in between; the number that comes next. */
export function assertKept({ tasks }: ReadStores, acknowledged: readonly number[], what: string): number {
  for (const n of acknowledged) {
    assert.ok(tasks.get(`task-${n}`), `${what}: write ${n} is lost`);
    if (n >= 5) assert.is(tasks.get(`task-${n - 5}`)?.status, 'RUNNING', `${what}: half of write ${n}`);
  }
  const next = Math.max(-1, ...[...tasks.all()].map(({ assignedTask }) => assignedTask.instanceId)) + 1;
  assert.is(tasks.size, next, `${what}: a hole`);
  return next;
}
