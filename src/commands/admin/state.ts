import * as Flags from '@oclif/core/flags';
import { parseMoment } from '../../client/moment.ts';
import { showPast } from '../../client/past-state.ts';
import { adminCommand } from '../admin-command.ts';
import { wildcardKey } from '../arguments.ts';
import { writeJson } from '../flags.ts';

export default adminCommand('state', {
  summary: 'Show jobs and tasks as they were at a moment in the past',
  description: "As far back as the scheduler's log goes. One job is shown in full, several as a table.",
  examples: ['west --at -2h', "'west/web/*' --at 2026-11-21T14:00", 'west/web/prod/api --at 1795269600000'],
  args: { jobspec: wildcardKey() },
  flags: {
    at: Flags.string({
      required: true,
      helpValue: 'TIME',
      description: 'a time (2026-11-21T14:00, local without a zone), an age (-2h) or milliseconds since 1970',
    }),
    'write-json': writeJson,
  },
  run: async (session, { args, flags }) =>
    showPast(session, args.jobspec, {
      atMs: parseMoment(flags.at, session.clock.nowMs()),
      json: flags['write-json'],
    }),
});
