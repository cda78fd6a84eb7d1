import * as Flags from '@oclif/core/flags';
import { optionalHosts } from '../../client/host-names.ts';
import { listSafeHosts } from '../../client/probe-hosts.ts';
import { groupingOf } from '../../client/rack-grouping.ts';
import { parseLimit, readLimits } from '../../client/sla-limits.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName, slaDuration, slaPercentage } from '../arguments.ts';
import { grouping, minTasks } from '../host-flags.ts';

const list = (char: 'i' | 'x', description: string) =>
  Flags.string({ char, helpValue: 'HOST,HOST', description });
const file = (char: 'I' | 'X', description: string) => Flags.string({ char, helpValue: 'FILE', description });

export default adminCommand('sla_list_safe_domain', {
  summary: 'List the hosts that can go down without breaking the promise to a production job',
  examples: [
    'west 95 30m',
    'west 95 30m --include_file rack4.txt --grouping none',
    'west 95 30m --list_jobs',
  ],
  args: { cluster: clusterName(), percentage: slaPercentage, duration: slaDuration },
  flags: {
    include_hosts: list('i', 'only these hosts'),
    include_file: file('I', 'only the hosts of this file'),
    exclude_hosts: list('x', 'not these hosts'),
    exclude_file: file('X', 'not the hosts of this file'),
    grouping,
    list_jobs: Flags.boolean({ char: 'l', description: 'print a line for each job of a host' }),
    min_job_instance_count: minTasks,
    override_file: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      description:
        'a file with limits of individual jobs, in lines CLUSTER/ROLE/ENV/NAME PERCENTAGE DURATION',
    }),
  },
  async run(session, { args, flags }) {
    await listSafeHosts(session, {
      cluster: args.cluster,
      limit: parseLimit(args.percentage, args.duration),
      exclude: optionalHosts({ list: flags.exclude_hosts, file: flags.exclude_file }),
      include: optionalHosts({ list: flags.include_hosts, file: flags.include_file }),
      overrides: flags.override_file === undefined ? new Map() : readLimits(flags.override_file),
      grouping: await groupingOf(session, args.cluster, flags.grouping),
      listJobs: flags.list_jobs,
      minTasks: flags.min_job_instance_count,
    });
    return 0;
  },
});
