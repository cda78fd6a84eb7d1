import { setQuota } from '../../client/set-quota.ts';
import { adminCommand } from '../admin-command.ts';
import { quotaArgs } from '../quota-args.ts';

export default adminCommand('set_quota', {
  summary: 'Set the quota of a role',
  description: 'The quota is what all production tasks of the role may use together.',
  examples: ['west web 40 128GB 1TB'],
  args: quotaArgs,
  flags: {},
  run: (session, { args }) => setQuota(session, args.cluster, args.role, args),
});
