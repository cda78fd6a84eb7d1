export { startCluster } from './cluster.ts';
export { type LaunchedCluster, type LaunchOptions, launchCluster, stopCluster } from './launch.ts';
