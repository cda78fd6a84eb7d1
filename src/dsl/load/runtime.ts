import { parentPort, workerData } from 'node:worker_threads';
import { recordCallSites } from '../language/call-site.ts';
import { offerBinds } from '../language/parameters.ts';
import { describer } from '../schema/describe.ts';
import type { Evaluated } from './evaluation.ts';

/**
 * Runs in the evaluation thread, bundled with the user's file and started before it: from here on positions are
 * recorded, and `--bind` values can be read.
 */
recordCallSites();
offerBinds((workerData as { readonly binds: Readonly<Record<string, string>> }).binds);

/** Sends the file's exports to the loading thread, as plain data. */
export function deliver(exports: Readonly<Record<string, unknown>>): void {
  const describe = describer();
  const names = Object.keys(exports).filter((name) => exports[name] !== undefined);
  const jobs = exports.default === undefined ? undefined : describe(exports.default);
  // An unhandled rejection is reported before the next turn; then this message is never sent.
  setImmediate(() => parentPort?.postMessage({ exports: names, jobs } satisfies Evaluated));
}
