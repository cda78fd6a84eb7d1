/** Entry of the cluster process: `node local-cluster.js OPTIONS`, OPTIONS being ClusterProcessOptions as JSON. */
import { runClusterProcess } from './cluster-process.ts';
import type { ClusterProcessOptions } from './process-options.ts';

process.title = 'aurora-local-cluster';
// Whoever started us may close his end of our output; that must not end us.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.exit(await runClusterProcess(JSON.parse(process.argv[2] ?? '{}') as ClusterProcessOptions));
