import * as Flags from '@oclif/core/flags';
import { killInstances } from '../../client/kill-job.ts';
import { instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { killFlags, killOptions } from '../kill-options.ts';

export default command('job kill', {
  summary: 'Kill some instances of a job',
  description: 'Waits until the instances have ended. Killed instances do not come back.',
  examples: [
    'aurora job kill local/hello/devel/hello_world/0',
    'aurora job kill west/web/prod/api/3-5,8 --no-batching -m "bad rack"',
  ],
  args: { instance_spec: instanceKey() },
  flags: {
    strict: Flags.boolean({ description: 'fail when a named instance is not active' }),
    ...killFlags,
  },
  run: (session, { args, flags }) =>
    killInstances(session, args.instance_spec, { ...killOptions(flags), strict: flags.strict }),
});
