import * as Args from '@oclif/core/args';
import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_stage_recovery', {
  summary: 'Load a backup, to look at it and edit it before it is committed',
  examples: ['west scheduler-backup-2026-11-21-14-00'],
  args: {
    cluster: clusterName(),
    backup_id: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'a backup that scheduler_list_backups prints',
    }),
  },
  flags: {},
  run: (session, { args }) => callOnce(session, args.cluster, 'stageRecovery', { backupId: args.backup_id }),
});
