import { requiredHosts } from '../../client/host-names.ts';
import { probeHosts } from '../../client/probe-hosts.ts';
import { groupingOf } from '../../client/rack-grouping.ts';
import { parseLimit } from '../../client/sla-limits.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName, slaDuration, slaPercentage } from '../arguments.ts';
import { grouping, hostFlags, hostNames, minTasks } from '../host-flags.ts';

export default adminCommand('sla_probe_hosts', {
  summary: 'Show how production jobs would stand without some hosts',
  description:
    'Prints a line for each job of a host: HOST, JOB, the percentage of tasks that would have been up long enough, whether that is enough, and in how many seconds it will be.',
  examples: ['west 95 30m --hosts h1,h2', 'west 95 1h --filename rack4.txt --grouping none'],
  args: { cluster: clusterName(), percentage: slaPercentage, duration: slaDuration },
  flags: { ...hostFlags, grouping, min_job_instance_count: minTasks },
  async run(session, { args, flags }) {
    await probeHosts(session, {
      cluster: args.cluster,
      limit: parseLimit(args.percentage, args.duration),
      hosts: requiredHosts(hostNames(flags)),
      grouping: await groupingOf(session, args.cluster, flags.grouping),
      minTasks: flags.min_job_instance_count,
    });
    return 0;
  },
});
