import * as Flags from '@oclif/core/flags';
import { restoreJob } from '../../client/restore-job.ts';
import { adminCommand } from '../admin-command.ts';
import { jobKey } from '../arguments.ts';

export default adminCommand('restore_job', {
  summary: 'Restore one job from a backup',
  description:
    'Instances that were active in the backup but are not active now start again, each with its own configuration; active ones are not changed. For a cron job, the schedule and the template are restored.',
  examples: ['west/web/prod/api --from scheduler-backup-2026-11-21-14-00'],
  args: { jobspec: jobKey() },
  flags: {
    from: Flags.string({
      required: true,
      helpValue: 'BACKUP_ID',
      description: 'a backup that scheduler_list_backups prints',
    }),
  },
  run: (session, { args, flags }) => restoreJob(session, args.jobspec, flags.from),
});
