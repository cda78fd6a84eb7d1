import { AuroraError } from '../../base/errors.ts';
import type { Log, LogRecovery } from './log/log.ts';
import { KIND } from './record-format.ts';
import { headOf, memoryTables, type Tables, type TablesOptions } from './tables.ts';

export interface Recovered extends LogRecovery {
  readonly tables: Tables;
}

/**
 * Brings the tables up to the end of the log and, while `lead` is pending, follows the log.
 * @throws AuroraError STORAGE
 */
export async function recoverTables(
  log: Log,
  lead: Promise<void> | undefined,
  options: TablesOptions,
): Promise<Recovered> {
  let tables = memoryTables(options);
  const recovery = await log.recover(
    {
      restart() {
        tables = memoryTables(options);
      },
      apply: (bytes) => tables.replay(bytes),
    },
    { lead },
  );
  return { ...recovery, tables };
}

const moment = (timeMs: number): string => new Date(timeMs).toISOString();

/**
 * The state as it was at `timeMs`: applies every record up to the first that was made later. Reads in slices, so that
 * the rest of the process can go on.
 * @param timeMs epoch milliseconds of the wall clock that stamped the records.
 * @throws AuroraError BAD_PARAMETER when the log does not reach back that far; STORAGE
 */
export async function tablesAt(log: Log, timeMs: number): Promise<Tables> {
  const generationAt = async () => {
    const generations = await log.generations();
    const found = generations.findLast(({ startMs }) => startMs <= timeMs);
    if (found) return found;
    const oldest = generations[0];
    throw new AuroraError(
      'BAD_PARAMETER',
      `the state of ${moment(timeMs)} is no longer in the log`,
      oldest ? { next: `the oldest moment that can be read is ${moment(oldest.startMs)}` } : {},
    );
  };
  const generation = await generationAt();
  const tables = memoryTables();
  const reader = {
    // A generation has one snapshot, at its beginning.
    restart: () => {},
    apply(bytes: Uint8Array): boolean {
      const { kind, madeMs } = headOf(bytes);
      if (kind === KIND.changes && madeMs > timeMs) return false;
      tables.replay(bytes);
      return true;
    },
  };
  try {
    await generation.read(reader);
  } catch (error) {
    // A snapshot may have trimmed it since it was listed: then this throws an error that says so.
    await generationAt();
    throw error;
  }
  return tables;
}
