import * as Flags from '@oclif/core/flags';
import { watchUpdate } from '../../client/watch-update.ts';
import { jobKey, updateId } from '../arguments.ts';
import { command } from '../command.ts';
import { common, duration, json } from '../flags.ts';

export default command('update watch', {
  summary: 'Look at an update until it has ended',
  description:
    'On a terminal a block that is drawn in place, else a line for each change. Ctrl-C stops looking; the update goes on. Exits with 0 when it went forward, 4 when it was rolled back, 20 for any other end.',
  examples: [
    'aurora update watch local/hello/devel/hello_world',
    'aurora update watch west/web/prod/api --stop-at-pause --timeout 30mins',
    'aurora update watch west/web/prod/api 7c5d2a10-93c1-4c42-b4cf-1f6d5a1f9c11 --json',
  ],
  args: { jobspec: jobKey(), id: updateId() },
  flags: {
    plain: Flags.boolean({ description: 'a line for each change, on a terminal as well' }),
    json: { ...json, description: 'an object for each change, a line each', aliases: ['write-json'] },
    color: Flags.boolean({ allowNo: true, description: 'colours, whatever NO_COLOR says' }),
    'stop-at-pause': Flags.boolean({ description: 'end with 8 when the update pauses or needs a pulse' }),
    timeout: duration({ description: 'end with 9 when it is not over by then' }),
    last: Flags.boolean({ description: 'without an active update the last one is meant' }),
    ...common,
  },
  run: (session, { args, flags }) =>
    watchUpdate(session, args.jobspec, {
      id: args.id,
      wanted: 'forward',
      form: flags.json ? 'json' : flags.plain ? 'lines' : 'auto',
      color: flags.color,
      stopAtPause: flags['stop-at-pause'],
      timeoutMs: flags.timeout,
      last: flags.last,
    }),
});
