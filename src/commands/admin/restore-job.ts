import * as Flags from '@oclif/core/flags';
import { restoreJob } from '../../client/restore-job.ts';
import { adminCommand } from '../admin-command.ts';
import { jobKey } from '../arguments.ts';

export default adminCommand('restore_job', {
  summary: 'Bring one job back as a backup has it',
  description:
    'Instances that were active then and are not now start again, each with its own configuration; those that are active stay as they are. Of a cron job the schedule and the template come back.',
  examples: ['west/web/prod/api --from scheduler-backup-2026-11-21-14-00'],
  args: { jobspec: jobKey() },
  flags: {
    from: Flags.string({
      required: true,
      helpValue: 'BACKUP_ID',
      description: 'one of scheduler_list_backups',
    }),
  },
  run: (session, { args, flags }) => restoreJob(session, args.jobspec, flags.from),
});
