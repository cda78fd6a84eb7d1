import { parentPort, workerData } from 'node:worker_threads';
import { recordCallSites } from '../language/call-site.ts';
import { offerBinds } from '../language/parameters.ts';
import { describer } from '../schema/describe.ts';
import type { Evaluated } from './evaluation.ts';

/**
 * Runs in the evaluation thread, bundled with the user's file and started before it: positions are remembered from
 * here on, and `--bind` values can be read.
 */
recordCallSites();
offerBinds((workerData as { readonly binds: Readonly<Record<string, string>> }).binds);

/** Sends what the file exports to the thread that asked, as plain data. */
export function deliver(exports: Readonly<Record<string, unknown>>): void {
  const describe = describer();
  const names = Object.keys(exports).filter((name) => exports[name] !== undefined);
  const jobs = exports.default === undefined ? undefined : describe(exports.default);
  // a rejected promise that nobody waits for is reported before the next turn, and then this is never sent
  setImmediate(() => parentPort?.postMessage({ exports: names, jobs } satisfies Evaluated));
}
