import { increaseQuota } from '../../client/set-quota.ts';
import { adminCommand } from '../admin-command.ts';
import { quotaArgs } from '../quota-args.ts';

export default adminCommand('increase_quota', {
  summary: 'Add to the quota of a role',
  description: 'Negative amounts reduce it; write them after --.',
  examples: ['west web 4 16GB 100GB', 'west web -- -4 -16GB -100GB'],
  args: quotaArgs,
  flags: {},
  run: (session, { args }) => increaseQuota(session, args.cluster, args.role, args),
});
