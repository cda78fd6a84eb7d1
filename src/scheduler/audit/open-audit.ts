import { join } from 'node:path';
import type { FlagSlice } from '../flags/slices.ts';
import { openAuditFile } from './audit-file.ts';
import { type AuditLog, type AuditSettings, auditLog } from './audit-log.ts';

export interface OpenAuditSettings extends Pick<AuditSettings, 'clock' | 'counters' | 'log'> {
  readonly flags: FlagSlice<'auditing'>;
  /** Whether authentication is on. */
  readonly isAsked: boolean;
}

/** The audit log as the flags configure it; undefined when there is none. The file is opened with the first entry. */
export function openAudit({ flags, isAsked, ...world }: OpenAuditSettings): AuditLog | undefined {
  const path = flags.auditLog ?? (isAsked ? join(flags.dataDir, 'audit.log') : undefined);
  if (path === undefined) return undefined;
  return auditLog({
    ...world,
    open: openAuditFile(path),
    sync: flags.auditLogSync,
    maxBytes: flags.auditLogMaxBytes,
  });
}
