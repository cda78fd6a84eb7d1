export {
  type AgentFlags,
  type AgentSpec,
  type ClusterOptions,
  type RunningCluster,
  startCluster,
} from './cluster.ts';
export { type LaunchedCluster, type LaunchOptions, launchCluster, stopCluster } from './launch.ts';
export {
  type SimulatedAgent,
  type SimulatedCluster,
  type SimulatedClusterOptions,
  startSimulatedCluster,
  type TaskEnd,
  type TaskScript,
} from './simulated/index.ts';
