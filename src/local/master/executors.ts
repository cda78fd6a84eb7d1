import type { ExecutorInfo } from '../../mesos/index.ts';
import type { Pool } from './resources/pool.ts';

export interface MasterExecutor {
  readonly frameworkId: string;
  readonly info: ExecutorInfo;
  readonly pool: Pool;
}

/** The executors of one agent. An executor id is unique for a framework on an agent. */
export interface ExecutorTable {
  get(frameworkId: string, executorId: string): MasterExecutor | undefined;
  add(executor: MasterExecutor): void;
  remove(executor: MasterExecutor): void;
  values(): MasterExecutor[];
  ofFramework(frameworkId: string): Iterable<MasterExecutor>;
}

export function executorTable(): ExecutorTable {
  const byFramework = new Map<string, Map<string, MasterExecutor>>();
  return {
    get: (frameworkId, executorId) => byFramework.get(frameworkId)?.get(executorId),
    add(executor) {
      const { frameworkId, info } = executor;
      const own = byFramework.get(frameworkId) ?? new Map<string, MasterExecutor>();
      byFramework.set(frameworkId, own.set(info.executor_id.value, executor));
    },
    remove({ frameworkId, info }) {
      const own = byFramework.get(frameworkId);
      if (own?.delete(info.executor_id.value) && own.size === 0) byFramework.delete(frameworkId);
    },
    values: () => [...byFramework.values()].flatMap((own) => [...own.values()]),
    ofFramework: (frameworkId) => byFramework.get(frameworkId)?.values() ?? [],
  };
}
