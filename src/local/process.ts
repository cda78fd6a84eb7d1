/** Entry of the cluster process: `node local-cluster.js OPTIONS`, where OPTIONS is ClusterProcessOptions as JSON. */
import { runClusterProcess } from './cluster-process.ts';
import type { ClusterProcessOptions } from './process-options.ts';

process.title = 'aurora-local-cluster';
// Our parent may close its end of our output, which must not end this process.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.exit(await runClusterProcess(JSON.parse(process.argv[2] ?? '{}') as ClusterProcessOptions));
