import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../../base/errors.ts';
import { showStatus } from '../../client/job-status.ts';
import { wildcardKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, duration, writeJson } from '../flags.ts';

export default command('job status', {
  summary: 'Show the tasks of jobs',
  description:
    'Times are those of the local time zone. With --watch the screen shows how the job is doing until you end it; in a pipe every change of an instance is a line.',
  examples: [
    'aurora job status local/hello/devel/hello_world',
    "aurora job status 'west/web/*/api' --write-json",
    'aurora job status west/web/prod/api --watch --until running --timeout 10m',
  ],
  args: { jobspec: wildcardKey() },
  flags: {
    'write-json': writeJson,
    watch: Flags.boolean({ description: 'show it live' }),
    until: Flags.option({
      options: ['running', 'finished', 'gone'] as const,
      description: 'with --watch: stop when the job has reached this; exits with 4 when it no longer can',
    })(),
    timeout: duration({ description: 'with --watch: time limit; exits with 9 after it' }),
    ...common,
  },
  async run(session, { args, flags }) {
    if (!flags.watch) {
      if (flags.until !== undefined || flags.timeout !== undefined)
        throw new AuroraError('USAGE', '--until and --timeout are for --watch');
      return showStatus(session, args.jobspec, { json: flags['write-json'] });
    }
    if (flags['write-json'] || session.give)
      throw new AuroraError('USAGE', '--watch shows no JSON', { next: 'ask again and again without it' });
    const { watchStatus } = await import('../../client/watch-status.ts');
    await watchStatus(session, args.jobspec, { until: flags.until, timeoutMs: flags.timeout });
    return 0;
  },
});
