import * as Flags from '@oclif/core/flags';
import { confirmForcedDrain } from '../../client/confirm.ts';
import { drainBySla } from '../../client/host-maintenance.ts';
import { requiredHosts } from '../../client/host-names.ts';
import { parsePercentage } from '../../client/sla-limits.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { yes } from '../flags.ts';
import { hostFlags, hostNames, spanSecs } from '../host-flags.ts';

export default adminCommand('sla_host_drain', {
  summary: 'Have hosts drained by the scheduler, as fast as SLA policies allow',
  description:
    'Returns at once; the scheduler goes on. A task is moved when its own policy allows it, or the default one if it has none.',
  examples: [
    'west --hosts h1,h2',
    'west --filename hosts.txt --default_percentage 80 --force_drain_timeout 2h',
  ],
  args: { cluster: clusterName() },
  flags: {
    ...hostFlags,
    default_percentage: Flags.string({
      default: '95',
      helpValue: 'PERCENT',
      description: "percentage of a job's tasks that must have been up for --default_duration",
    }),
    default_duration: spanSecs({
      default: 1_800,
      defaultHelp: async () => '30m',
      description: 'how long they must have been up',
    }),
    yes,
    force_drain_timeout: spanSecs({
      default: 604_800,
      defaultHelp: async () => '7d',
      description: 'time after which tasks are killed regardless of their policies; 0s drains at once',
    }),
  },
  async run(session, { args, flags }) {
    const hosts = requiredHosts(hostNames(flags));
    await confirmForcedDrain(session, hosts, flags.yes || flags.force_drain_timeout > 0);
    await drainBySla(session, args.cluster, {
      hosts,
      limit: { percentage: parsePercentage(flags.default_percentage), durationSecs: flags.default_duration },
      timeoutSecs: flags.force_drain_timeout,
    });
    return 0;
  },
});
