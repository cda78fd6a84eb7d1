import type { AuditEntry } from '../../api/audit-entry.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { AuditFile, OpenAuditFile } from './audit-file.ts';

/** Records who changed what, and who was turned away. */
export interface AuditLog {
  /** Why a change must not begin: it could not be recorded. Undefined when it can; always undefined without `sync`. */
  obstacle(): string | undefined;
  /** Records an entry. Resolves at once; with `sync`, when the entry is on disk or cannot be written. Never rejects. */
  note(entry: Omit<AuditEntry, 'at'>): Promise<void>;
  /** Writes the entries that wait; later ones are dropped. */
  close(): Promise<void>;
}

export interface AuditSettings {
  readonly open: OpenAuditFile;
  /** Whether replies wait until their entry is on disk. */
  readonly sync: boolean;
  /** A file that reaches this size is put aside. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
}

/**
 * Most entries to keep while the disk takes none. Further ones are only counted, and the log then states their number.
 */
const MOST_WAITING = 10_000;
const RETRY_MS = 1000;
/** Without `sync`, entries are gathered for this long and written together, which costs each call next to nothing. */
const GATHER_MS = 20;
/** Time between two checks whether somebody has renamed the file; with `sync` every write checks. */
const FOLLOW_MS = 1000;
const [ENTRIES, FAILURES, LOST] = ['audit_entries', 'audit_failures', 'audit_entries_lost'];

/**
 * There is one writer: entries that arrive together are written together, in their order. After a failed write the
 * entries are written again, on a new line in case the last one was cut off.
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
        // An entry may have come after the last check for waiting ones.
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
