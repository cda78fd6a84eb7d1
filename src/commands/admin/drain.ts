import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { confirmForcedDrain } from '../../client/confirm.ts';
import { drainHosts } from '../../client/drain-hosts.ts';
import { parsePercentage } from '../../client/sla-limits.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { duration, json, yes } from '../flags.ts';
import { spanSecs } from '../host-flags.ts';

export default adminCommand('drain', {
  summary: 'Drain hosts as the SLA policies of their tasks allow, and show what is left',
  description:
    'Each task is shown with what it waits for. The drain is the scheduler\'s: it goes on when the command ends. "aurora admin host_activate" ends it.',
  examples: [
    'west h1 h2 --wait',
    'west h1 --timeout 2h --wait --wait-limit 30mins',
    'west h1 --watch --wait',
  ],
  args: {
    cluster: clusterName(),
    hosts: Args.string({ required: true, ignoreStdin: true, multiple: true, description: 'the hosts' }),
  },
  flags: {
    wait: Flags.boolean({ description: 'wait until all hosts are empty; shown live on a terminal' }),
    'wait-limit': duration({ description: 'how long to wait at most; then the exit code is 1' }),
    watch: Flags.boolean({ description: 'only look at hosts that are being drained' }),
    timeout: spanSecs({
      default: 604_800,
      defaultHelp: async () => '7d',
      description: 'time after which tasks are killed regardless of their policies; 0s drains at once',
    }),
    percentage: Flags.string({
      default: '95',
      helpValue: 'PERCENT',
      description: "for tasks without a policy: percentage of a job's tasks that must stay up",
    }),
    duration: spanSecs({
      default: 1_800,
      defaultHelp: async () => '30m',
      description: 'how long those tasks must have been up',
    }),
    yes,
    json,
  },
  async run(session, { args, flags }) {
    const hosts = [...new Set(args.hosts as readonly string[])];
    await confirmForcedDrain(session, hosts, flags.yes || flags.watch || flags.timeout > 0);
    return drainHosts(session, {
      cluster: args.cluster,
      hosts,
      looksOnly: flags.watch,
      limit: { percentage: parsePercentage(flags.percentage), durationSecs: flags.duration },
      timeoutSecs: flags.timeout,
      waits: flags.wait,
      waitLimitMs: flags['wait-limit'],
      json: flags.json,
    });
  },
});
