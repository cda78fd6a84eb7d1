import * as Flags from '@oclif/core/flags';
import { pulseUpdate } from '../../client/pulse-update.ts';
import { jobKey, updateId } from '../arguments.ts';
import { command } from '../command.ts';
import { common, duration } from '../flags.ts';

export default command('update pulse', {
  summary: 'Tell an update that all is well',
  description:
    'For updates with `pulseIntervalSecs`, which stop when no pulse has come for that long. With --every, sends pulses until the update has ended.',
  examples: [
    'aurora update pulse local/hello/devel/hello_world',
    'aurora update pulse west/web/prod/api --every 30secs --check "curl -fsS http://api.example.com/ok"',
  ],
  args: { jobspec: jobKey(), id: updateId() },
  flags: {
    every: duration({ description: 'send a pulse at this interval, until the update has ended' }),
    check: Flags.string({
      helpValue: 'COMMAND',
      description: 'run this before every pulse, and send none when it fails',
    }),
    ...common,
  },
  run: (session, { args, flags }) =>
    pulseUpdate(session, args.jobspec, { id: args.id, everyMs: flags.every, check: flags.check }),
});
