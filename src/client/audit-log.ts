import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditEntry } from '../api/audit-entry.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Session } from './session.ts';

/** Which entries to show; a criterion that is left out does not restrict them. */
export interface AuditFilter {
  readonly user?: string | undefined;
  /** `role`, `role/environment` or `role/environment/name`. */
  readonly job?: string | undefined;
  readonly what?: string | undefined;
  readonly result?: string | undefined;
  readonly denials?: boolean | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** The audit log and its rotated files, oldest first. */
async function filesOf(path: string): Promise<string[]> {
  const directory = dirname(path);
  const name = basename(path);
  const found = await readdir(directory).catch((cause: unknown) => {
    throw new AuroraError('BAD_PARAMETER', `there is no audit log: ${messageOf(cause)}`, { cause });
  });
  const aside = found.filter((one) => one.startsWith(`${name}.`)).sort();
  const all = [...aside, ...(found.includes(name) ? [name] : [])].map((one) => join(directory, one));
  if (all.length > 0) return all;
  throw new AuroraError('BAD_PARAMETER', 'there is no audit log', {
    where: path,
    next: "name the scheduler's file with --file",
  });
}

function fits(entry: AuditEntry, filter: AuditFilter): boolean {
  const { denials, job, result, sinceMs, untilMs, user, what } = filter;
  const atMs = Date.parse(entry.at);
  return (
    (user === undefined || entry.user === user) &&
    (job === undefined || entry.job === job || entry.job?.startsWith(`${job}/`) === true) &&
    (what === undefined || entry.what === what) &&
    (result === undefined || entry.result === result) &&
    (denials !== true || entry.kind === 'denial') &&
    (sinceMs === undefined || atMs >= sinceMs) &&
    (untilMs === undefined || atMs <= untilMs)
  );
}

/** Replaces control characters, which the terminal would act on. */
const shown = (text: string): string => text.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ');

function textOf({ about, at, by, from, job, kind, result, traceId, user, what, why }: AuditEntry): string {
  const parts = [
    at,
    result,
    by === 'none' ? user : `${user} (${by})`,
    ...(from === undefined ? [] : [`from ${from}`]),
    kind === 'denial' ? `denied ${what}` : what,
    ...(job === undefined ? [] : [job]),
    ...(about === undefined ? [] : [JSON.stringify(about)]),
    ...(why === undefined ? [] : [`: ${why}`]),
    ...(traceId === undefined ? [] : [`[${traceId}]`]),
  ];
  return `${shown(parts.join('  '))}\n`;
}

/** Prints the entries that match, oldest first, and returns the exit code. @throws AuroraError BAD_PARAMETER */
export async function showAudit(
  session: Session,
  path: string,
  filter: AuditFilter,
  json: boolean,
): Promise<number> {
  let unreadable = 0;
  for (const file of await filesOf(path)) {
    const lines = createInterface({ input: createReadStream(file, { signal: session.signal }) });
    for await (const line of lines) {
      if (line === '') continue;
      let entry: AuditEntry;
      try {
        entry = JSON.parse(line) as AuditEntry;
      } catch {
        unreadable++;
        continue;
      }
      if (fits(entry, filter)) session.print(json ? `${line}\n` : textOf(entry));
    }
  }
  if (unreadable > 0)
    session.complain(`${unreadable} lines cannot be read: a crash or a full disk has cut them\n`);
  return 0;
}
