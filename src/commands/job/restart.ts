import * as Flags from '@oclif/core/flags';
import { restartJob } from '../../client/restart-job.ts';
import { instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, configForHooks, duration, openBrowser } from '../flags.ts';

export default command('job restart', {
  summary: 'Restart instances of a job, in batches',
  description:
    'The scheduler does it, as an update that changes nothing: it goes on when the command is interrupted, and `aurora update` holds or stops it. With a scheduler of the original, and for jobs that are no services, the command does it and must not be interrupted. A new version is rolled out with `aurora update start`.',
  examples: [
    'aurora job restart local/hello/devel/hello_world',
    'aurora job restart west/web/prod/api/0-9 --batch-size 5 --watch-secs 60',
  ],
  args: { instance_spec: instanceKey() },
  flags: {
    'batch-size': Flags.integer({ default: 1, min: 1, description: 'instances at a time' }),
    'watch-secs': Flags.integer({
      default: 30,
      min: 0,
      description: 'seconds that an instance must stay RUNNING',
    }),
    'healthcheck-interval-seconds': Flags.integer({
      default: 3,
      min: 1,
      description: 'seconds between polls',
    }),
    'max-per-instance-failures': Flags.integer({
      default: 0,
      description: 'failures of an instance before it counts as failed',
    }),
    'max-total-failures': Flags.integer({
      default: 0,
      description: 'failed instances before the rest is given up',
    }),
    'start-timeout': duration({
      description: 'an instance that is not RUNNING by then has failed; unset waits for ever',
    }),
    'sla-aware': Flags.boolean({
      description: 'let each instance wait until the SLA policy of its job allows the restart',
    }),
    'by-client': Flags.boolean({
      description: 'restart from here, as the original does: nothing goes on when the command is interrupted',
    }),
    strict: Flags.boolean({ description: 'fail when a named instance is not active' }),
    config: configForHooks,
    ...config,
    'open-browser': openBrowser,
    force: Flags.boolean({ hidden: true, description: 'has no effect' }),
    ...common,
  },
  run: (session, { args, flags }) =>
    restartJob(session, args.instance_spec, {
      configFile: flags.config,
      config: configFlags(flags),
      strict: flags.strict,
      batchSize: flags['batch-size'],
      maxTotalFailures: flags['max-total-failures'],
      maxPerInstanceFailures: flags['max-per-instance-failures'],
      watchMs: flags['watch-secs'] * 1000,
      pollMs: flags['healthcheck-interval-seconds'] * 1000,
      startTimeoutMs: flags['start-timeout'],
      slaAware: flags['sla-aware'],
      onScheduler: !flags['by-client'],
      openBrowser: flags['open-browser'],
    }),
});
