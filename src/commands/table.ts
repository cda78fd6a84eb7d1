import type { CommandClass } from './command.ts';

type Load = () => Promise<{ readonly default: CommandClass }>;

/**
 * Every command and its file. The build makes a bundle of its own from each line, so that a command starts without
 * reading the others; `aurora` itself, help and mistyped names use this table.
 */
export const COMMANDS: Readonly<Record<string, Load>> = {
  'admin restore_job': () => import('./admin/restore-job.ts'),
  'admin scheduler_backup_now': () => import('./admin/scheduler-backup-now.ts'),
  'admin scheduler_commit_recovery': () => import('./admin/scheduler-commit-recovery.ts'),
  'admin scheduler_delete_recovery_tasks': () => import('./admin/scheduler-delete-recovery-tasks.ts'),
  'admin scheduler_list_backups': () => import('./admin/scheduler-list-backups.ts'),
  'admin scheduler_print_recovery_tasks': () => import('./admin/scheduler-print-recovery-tasks.ts'),
  'admin scheduler_snapshot': () => import('./admin/scheduler-snapshot.ts'),
  'admin scheduler_stage_recovery': () => import('./admin/scheduler-stage-recovery.ts'),
  'admin scheduler_unload_recovery': () => import('./admin/scheduler-unload-recovery.ts'),
  'admin state': () => import('./admin/state.ts'),
  'config check': () => import('./config/check.ts'),
  'config list': () => import('./config/list.ts'),
  executor: () => import('./executor.ts'),
  init: () => import('./init.ts'),
  'job create': () => import('./job/create.ts'),
  'job diff': () => import('./job/diff.ts'),
  'job inspect': () => import('./job/inspect.ts'),
  'job kill': () => import('./job/kill.ts'),
  'job killall': () => import('./job/killall.ts'),
  'job list': () => import('./job/list.ts'),
  'job status': () => import('./job/status.ts'),
  'scheduler forget-framework': () => import('./scheduler/forget-framework.ts'),
  'scheduler recover': () => import('./scheduler/recover.ts'),
  'scheduler start': () => import('./scheduler/start.ts'),
  'update abort': () => import('./update/abort.ts'),
  'update info': () => import('./update/info.ts'),
  'update list': () => import('./update/list.ts'),
  'update pause': () => import('./update/pause.ts'),
  'update plan': () => import('./update/plan.ts'),
  'update pulse': () => import('./update/pulse.ts'),
  'update resume': () => import('./update/resume.ts'),
  'update rollback': () => import('./update/rollback.ts'),
  'update start': () => import('./update/start.ts'),
  'update wait': () => import('./update/wait.ts'),
  'update watch': () => import('./update/watch.ts'),
  version: () => import('./version.ts'),
};

/** What the first words of commands are about. */
export const TOPICS: Readonly<Record<string, string>> = {
  admin: 'The scheduler, its backups and its past',
  config: 'Configuration files',
  job: 'Jobs and their tasks',
  scheduler: 'The scheduler and its embedded cluster',
  update: 'Rolling updates of jobs',
};
