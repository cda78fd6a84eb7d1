import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../../base/errors.ts';
import { parseInstances } from '../../client/job-key.ts';
import { printJobLogs } from '../../client/job-logs.ts';
import { instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, duration, json } from '../flags.ts';

const pattern = Flags.custom<RegExp>({
  helpValue: 'RE',
  async parse(text) {
    try {
      return new RegExp(text);
    } catch (error) {
      throw new AuroraError('USAGE', `"${text}" is no regular expression: ${(error as Error).message}`);
    }
  },
});

const lines = Flags.custom<number>({
  helpValue: 'N|all',
  async parse(text) {
    if (text === 'all') return Number.POSITIVE_INFINITY;
    if (/^\d{1,6}$/.test(text)) return Number(text);
    throw new AuroraError('USAGE', `"${text}" is no number of lines`, { next: 'write a number, or all' });
  },
});

const instanceList = Flags.custom<readonly number[]>({
  helpValue: '0,2-4',
  parse: async (text) => parseInstances(text),
});

export default command('job logs', {
  summary: 'Show what the processes of a job write',
  description:
    'Every line shows where it comes from; `!` marks stderr. Lines that begin with `--` are about the tasks and go to stderr. With --follow, new instances join by themselves, and the command ends when a job that is not a service has ended. Lines of several files appear in the order of their arrival, because the files hold no times.',
  examples: [
    'aurora job logs local/hello/devel/hello_world',
    'aurora job logs -f west/web/prod/api/0-4 --process main --stderr',
    'aurora job logs west/web/prod/api --dead --since 1h --grep ERROR',
    'aurora job logs west/web/prod/api/3 --previous --tail all',
  ],
  args: { jobspec: instanceKey() },
  flags: {
    follow: Flags.boolean({ char: 'f', description: 'keep printing what is written' }),
    previous: Flags.boolean({ description: 'logs of the last ended task of each instance' }),
    dead: Flags.boolean({
      description: 'logs of all ended tasks whose sandboxes still exist',
    }),
    since: duration({
      description: 'leave out files that were not written to since then, by their times',
    }),
    tail: lines({
      description: 'how many existing lines of each file to print; default 20, or all with --since',
    }),
    process: Flags.string({ helpValue: 'NAME', description: 'only logs of this process' }),
    stdout: Flags.boolean({ description: 'only stdout' }),
    stderr: Flags.boolean({ description: 'only stderr' }),
    run: Flags.integer({ min: 0, description: 'only this run of the processes; default: the last one' }),
    grep: pattern({ description: 'only lines that match' }),
    exclude: pattern({ description: 'leave out lines that match' }),
    instances: instanceList({ description: 'only these instances; the same as in the key' }),
    prefix: Flags.boolean({ allowNo: true, default: true, description: 'show where each line comes from' }),
    times: Flags.boolean({ description: 'show when each line arrived' }),
    color: Flags.boolean({ allowNo: true, description: 'use colours, whatever NO_COLOR says' }),
    'max-streams': Flags.integer({
      default: 50,
      min: 1,
      description: 'the largest number of instances shown at once',
    }),
    'exit-status': Flags.boolean({ description: 'exit with 4 when a task failed or was lost' }),
    json: { ...json, description: 'print a JSON object for each line', aliases: ['write-json'] },
    direct: Flags.boolean({ description: 'ask observers and agents, not the scheduler' }),
    ...common,
  },
  run(session, { args, flags }) {
    const { clock } = session;
    const { job } = args.jobspec;
    const both = flags.stdout === flags.stderr;
    const tail = flags.tail ?? (flags.since === undefined ? DEFAULT_TAIL : Number.POSITIVE_INFINITY);
    return printJobLogs(
      session,
      { job, instances: flags.instances ?? args.jobspec.instances },
      {
        follow: flags.follow,
        which: flags.previous ? 'previous' : flags.dead ? 'dead' : 'live',
        sinceMs: flags.since === undefined ? undefined : Math.max(0, Math.round(clock.nowMs() - flags.since)),
        tail: Number.isFinite(tail) ? tail : undefined,
        process: flags.process,
        run: flags.run,
        streams: both ? ['stdout', 'stderr'] : flags.stdout ? ['stdout'] : ['stderr'],
        grep: flags.grep,
        exclude: flags.exclude,
        prefix: flags.prefix,
        times: flags.times,
        color: flags.color,
        maxStreams: flags['max-streams'],
        exitStatus: flags['exit-status'],
        json: flags.json,
        direct: flags.direct,
      },
    );
  },
});

const DEFAULT_TAIL = 20;
