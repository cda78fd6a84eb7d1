import * as Flags from '@oclif/core/flags';
import { watchUpdate } from '../../client/watch-update.ts';
import { jobKey, updateId } from '../arguments.ts';
import { command } from '../command.ts';
import { common, duration, json } from '../flags.ts';

export default command('update watch', {
  summary: 'Watch an update until it has ended',
  description:
    'On a terminal it is shown live; otherwise each change is a line. Ctrl-C only stops watching; the update goes on. Exits with 0 when it went forward, 4 when it was rolled back, 20 for any other end.',
  examples: [
    'aurora update watch local/hello/devel/hello_world',
    'aurora update watch west/web/prod/api --stop-at-pause --timeout 30mins',
    'aurora update watch west/web/prod/api 7c5d2a10-93c1-4c42-b4cf-1f6d5a1f9c11 --json',
  ],
  args: { jobspec: jobKey(), id: updateId() },
  flags: {
    plain: Flags.boolean({ description: 'print a line for each change, even on a terminal' }),
    json: {
      ...json,
      description: 'print a JSON object for each change, one a line',
      aliases: ['write-json'],
    },
    color: Flags.boolean({ allowNo: true, description: 'use colours, whatever NO_COLOR says' }),
    'stop-at-pause': Flags.boolean({ description: 'exit with 8 when the update pauses or needs a pulse' }),
    timeout: duration({ description: 'exit with 9 when it has not ended by then' }),
    last: Flags.boolean({ description: 'watch the last update when there is no active one' }),
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
