import type {
  HostAttributes,
  HostMaintenanceRequest,
  JobConfiguration,
  ResourceAggregate,
  ScheduledTask,
} from '../../api/index.ts';
import type { StoredUpdate } from '../storage/index.ts';

/** One entry of a backup, in the form of the stores. */
export type BackupItem =
  /** When the backup was taken, in epoch milliseconds. */
  | { readonly kind: 'taken'; readonly timestampMs: number }
  | { readonly kind: 'host'; readonly host: HostAttributes }
  | { readonly kind: 'task'; readonly task: ScheduledTask }
  | { readonly kind: 'cronJob'; readonly job: JobConfiguration }
  | { readonly kind: 'frameworkId'; readonly id: string }
  | { readonly kind: 'quota'; readonly role: string; readonly quota: ResourceAggregate }
  | { readonly kind: 'update'; readonly update: StoredUpdate }
  | { readonly kind: 'maintenance'; readonly request: HostMaintenanceRequest };
