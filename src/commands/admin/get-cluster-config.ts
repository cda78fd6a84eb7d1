import * as Flags from '@oclif/core/flags';
import { printClusterConfig } from '../../client/cluster-config.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('get_cluster_config', {
  summary: 'Print the entry of a cluster in clusters.json',
  examples: ['west', 'west --sh --export'],
  args: { cluster: clusterName() },
  flags: {
    sh: Flags.boolean({ description: 'as variables for a shell' }),
    export: Flags.boolean({ description: 'with --sh: exported' }),
  },
  async run(session, { args, flags }) {
    printClusterConfig(session, args.cluster, { shell: flags.sh, exported: flags.export });
    return 0;
  },
});
