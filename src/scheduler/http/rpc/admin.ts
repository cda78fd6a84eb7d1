import { ACTIVE_STATES, normalise, TERMINAL_STATES } from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { newQuota, quotaAggregate } from '../../quota/quota.ts';
import { changed, type Handlers, ok } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';

/** Calls of the administrator that only need the stores. */
export function adminCalls({ storage, state }: RpcSettings) {
  return {
    setQuota({ ownerRole, quota }) {
      if (!ownerRole?.trim() || !quota) throw new AuroraError('API', 'a role and a quota are needed');
      return storage.write((tx) => {
        tx.quotas.save(ownerRole, quotaAggregate(newQuota(tx, ownerRole, quota)));
        return ok();
      });
    },
    forceTaskState({ taskId, status }, { user }) {
      if (!taskId?.trim() || !status) throw new AuroraError('API', 'a task id and a status are needed');
      return storage.write((tx) => {
        state.changeState(tx, { taskId, to: status, message: `Transition forced by ${user}` });
        return ok();
      });
    },
    pruneTasks({ query }) {
      if (!query) throw new AuroraError('API', 'a task query is needed');
      const wanted = normalise('TaskQuery', query);
      if (wanted.statuses.some((status) => ACTIVE_STATES.has(status)))
        throw new AuroraError('API', 'tasks in an active state cannot be pruned');
      // Elsewhere an empty set of statuses means any status; here it must never include active tasks.
      const statuses = wanted.statuses.length > 0 ? wanted.statuses : [...TERMINAL_STATES];
      return storage.write((tx) => {
        const found = tx.tasks.find({ ...wanted, statuses });
        const pruned = wanted.limit > 0 ? found.slice(0, wanted.limit) : found;
        state.deleteTasks(
          tx,
          pruned.map(({ assignedTask }) => assignedTask.taskId),
        );
        return changed(pruned.length);
      });
    },
    async snapshot() {
      await storage.snapshot();
      return ok();
    },
  } satisfies Handlers;
}
