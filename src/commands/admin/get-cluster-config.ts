import * as Flags from '@oclif/core/flags';
import { printClusterConfig } from '../../client/cluster-config.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('get_cluster_config', {
  summary: 'Print the entry of a cluster in clusters.json',
  examples: ['west', 'west --sh --export'],
  args: { cluster: clusterName() },
  flags: {
    sh: Flags.boolean({ description: 'print it as shell variables' }),
    export: Flags.boolean({ description: 'with --sh: export the variables' }),
  },
  async run(session, { args, flags }) {
    printClusterConfig(session, args.cluster, { shell: flags.sh, exported: flags.export });
    return 0;
  },
});
