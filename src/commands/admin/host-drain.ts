import * as Flags from '@oclif/core/flags';
import { ADMIN_FAILED } from '../../client/admin-answer.ts';
import { drainBatches, drainLimit } from '../../client/drain-batches.ts';
import { requiredHosts } from '../../client/host-names.ts';
import { groupingOf } from '../../client/rack-grouping.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { grouping, hostFlags, hostNames, spanSecs } from '../host-flags.ts';

export default adminCommand('host_drain', {
  summary: 'Take hosts out of service and empty them, batch by batch',
  description:
    'Hosts whose loss would take a production job below its limit are left, as are those that are not empty after five minutes; then the exit code is 1. With "aurora admin drain", the scheduler itself keeps the promises.',
  examples: [
    'west --hosts h1,h2',
    'west --filename rack4.txt --grouping none --post_drain_script ./reboot',
    'west --filename hall2.txt --grouping by_rack',
  ],
  args: { cluster: clusterName() },
  flags: {
    ...hostFlags,
    grouping,
    post_drain_script: Flags.string({
      helpValue: 'FILE',
      description: 'a program that is run with the name of every drained host',
    }),
    override_percentage: Flags.string({
      helpValue: 'PERCENT',
      description: "percentage of a job's tasks that must have been up; default 95",
    }),
    override_duration: spanSecs({ description: 'how long they must have been up; default 30m' }),
    override_reason: Flags.string({
      helpValue: 'TEXT',
      description: 'the reason for a limit other than the default; required with one',
    }),
    unsafe_hosts_file: Flags.string({
      helpValue: 'FILE',
      description: 'a file to write the names of the hosts that are left to',
    }),
  },
  async run(session, { args, flags }) {
    const hosts = requiredHosts(hostNames(flags));
    const left = await drainBatches(session, {
      cluster: args.cluster,
      hosts,
      grouping: await groupingOf(session, args.cluster, flags.grouping),
      limit: drainLimit(session, hosts, {
        percentage: flags.override_percentage,
        durationSecs: flags.override_duration,
        reason: flags.override_reason,
      }),
      script: flags.post_drain_script,
      leftFile: flags.unsafe_hosts_file,
    });
    session.give?.({ hosts, left });
    return left.length > 0 ? ADMIN_FAILED : 0;
  },
});
