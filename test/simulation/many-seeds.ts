/** Runs many seeds, one process for each processor: runs have nothing in common. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { SeedResult } from './seed-worker.ts';

/** Each process has the whole scheduler loaded and its own heap. */
const MOST_PROCESSES = 4;
const LOADER = new URL('../../scripts/ts-loader.js', import.meta.url).href;
const WORKER = new URL('./seed-worker.ts', import.meta.url);

/**
 * Runs the seeds from `first` on until `count` have been run or one breaks a rule, and returns the results in the order
 * of the seeds. @throws Error when a process ends without a result.
 */
export async function runSeeds(first: number, count: number): Promise<readonly SeedResult[]> {
  const results: SeedResult[] = [];
  let next = first;
  let hasEnded = false;
  const worker = async () => {
    const child = fork(WORKER, { execArgv: ['--import', LOADER] });
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`a process of the simulation ended: ${signal ?? code}`);
    });
    // It ends at our word, too; nobody waits for it then.
    ended.catch(() => {});
    try {
      while (next < first + count && !hasEnded) {
        child.send(next++);
        const [result] = (await Promise.race([once(child, 'message'), ended])) as [SeedResult];
        results.push(result);
        hasEnded ||= result.violation !== undefined;
      }
    } catch (error) {
      hasEnded = true;
      throw error;
    } finally {
      child.kill();
      await ended.catch(() => {});
    }
  };
  const processes = Math.min(MOST_PROCESSES, availableParallelism(), count);
  await Promise.all(Array.from({ length: processes }, worker));
  return results.sort((a, b) => a.seed - b.seed);
}
