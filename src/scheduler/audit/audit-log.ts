import type { AuditEntry } from '../../api/audit-entry.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { AuditFile, OpenAuditFile } from './audit-file.ts';

/** Where it is written down who changed what, and who was turned away. */
export interface AuditLog {
  /** Why a change must not be begun: it could not be written down. Undefined when it can, and without `sync` always. */
  obstacle(): string | undefined;
  /** Resolves at once, or with `sync` when the entry is durable or cannot be written. Never rejects. */
  note(entry: Omit<AuditEntry, 'at'>): Promise<void>;
  /** Writes what waits; nothing is taken afterwards. */
  close(): Promise<void>;
}

export interface AuditSettings {
  readonly open: OpenAuditFile;
  /** Whether answers wait until their entry is on the disk. */
  readonly sync: boolean;
  /** A file of this size is put aside. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
}

/** Entries that wait for a disk that does not take them; those beyond are counted, and their number is written. */
const MOST_WAITING = 10_000;
const RETRY_MS = 1000;
/** Entries for which no answer waits are gathered for this long: one write of many costs the calls next to nothing. */
const GATHER_MS = 5;
/** Time between two looks whether somebody has put the file aside; with `sync` every write looks. */
const FOLLOW_MS = 1000;
const [ENTRIES, FAILURES, LOST] = ['audit_entries', 'audit_failures', 'audit_entries_lost'];

/**
 * One writer: entries that arrive together are written together, in the order in which they came. What the disk did not
 * take is written again, after the end of the line that may be cut.
 */
export function auditLog({ clock, counters, log, maxBytes, open, sync }: AuditSettings): AuditLog {
  for (const name of [ENTRIES, FAILURES, LOST]) counters.add(name, 0);
  let waiting: string[] = [];
  let settle: (() => void)[] = [];
  let lost = 0;
  let trouble: string | undefined;
  let closed = false;
  let file: AuditFile | undefined;
  let writing: Promise<void> | undefined;
  let retry: Timer | undefined;
  let gathering: Timer | undefined;
  let followedMs = Number.NEGATIVE_INFINITY;

  const write = async (): Promise<void> => {
    const lines = waiting;
    const missed = lost;
    waiting = [];
    lost = 0;
    const more = missed > 0 ? [JSON.stringify({ at: stamp(), kind: 'lost', entries: missed })] : [];
    try {
      file ??= await open();
      const nowMs = clock.monotonicMs();
      if (sync || nowMs - followedMs >= FOLLOW_MS) {
        await file.follow();
        followedMs = nowMs;
      }
      await file.append(`${[...lines, ...more].join('\n')}\n`, sync);
      if (file.bytes() >= maxBytes) await file.putAside(stamp());
      counters.add(ENTRIES, lines.length);
      if (trouble !== undefined) log.info({}, 'the audit log is written again');
      trouble = undefined;
    } catch (error) {
      counters.add(FAILURES);
      if (trouble === undefined) log.error({ error: messageOf(error) }, 'the audit log cannot be written');
      trouble = messageOf(error);
      waiting = [...lines, ...waiting];
      lost += missed;
      await file?.close().catch(() => {});
      file = undefined;
    }
  };
  const run = async (): Promise<void> => {
    do {
      const told = settle;
      settle = [];
      await write();
      for (const tell of told) tell();
    } while (sync && waiting.length > 0 && trouble === undefined);
  };
  const start = (): void => {
    writing ??= run().finally(() => {
      writing = undefined;
      if (trouble === undefined) {
        // Something may have come after the last look at what waits.
        if (waiting.length > 0) begin();
        return;
      }
      for (const tell of settle.splice(0)) tell();
      if (closed) return;
      retry?.cancel();
      retry = clock.after(RETRY_MS, start);
    });
  };
  const begin = (): void => {
    if (sync) {
      start();
      return;
    }
    if (closed) return;
    gathering ??= clock.after(GATHER_MS, () => {
      gathering = undefined;
      start();
    });
  };
  const stamp = () => new Date(clock.nowMs()).toISOString();
  return {
    obstacle: () => (sync ? trouble : undefined),
    async note(entry) {
      if (closed || waiting.length >= MOST_WAITING) {
        lost++;
        counters.add(LOST);
        return;
      }
      waiting.push(JSON.stringify({ at: stamp(), ...entry }));
      if (trouble !== undefined) return;
      if (!sync) return begin();
      const written = new Promise<void>((resolve) => {
        settle.push(resolve);
      });
      begin();
      await written;
    },
    async close() {
      closed = true;
      retry?.cancel();
      gathering?.cancel();
      while (writing) await writing;
      if (waiting.length > 0) await write();
      await file?.close();
    },
  };
}
