import { showQuota } from '../../client/show-quota.ts';
import { roleKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, writeJson } from '../flags.ts';

export default command('quota get', {
  summary: 'Show the quota of a role and what it uses',
  description: 'Quotas are set with `aurora admin set_quota`.',
  examples: ['aurora quota get west/web', 'aurora quota get west/web --write-json'],
  args: { role: roleKey() },
  flags: { 'write-json': writeJson, ...common },
  run: (session, { args, flags }) => showQuota(session, args.role, { json: flags['write-json'] }),
});
