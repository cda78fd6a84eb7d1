import type { TaskInfo, TaskStatus } from '../../mesos/index.ts';

/** A task as reconciliation and kills name it; the agent's id makes Mesos' answer definite. */
export interface TaskOnAgent {
  readonly taskId: string;
  readonly agentId: string | undefined;
}

/**
 * What the scheduler tells Mesos. Calls do not throw; while there is no session they go nowhere, and the
 * reconciliation of the next session makes up for them.
 */
export interface MesosCalls {
  /**
   * Launches tasks on the offers of one agent; the rest of the offers may be offered again at once. Resolves with
   * false when it is certain that nothing was launched; true says no more than that the call may have arrived.
   */
  accept(offerIds: readonly string[], tasks: readonly TaskInfo[]): Promise<boolean>;
  decline(offerIds: readonly string[]): void;
  kill(task: TaskOnAgent): void;
  /** Must follow the durable write of what the status says; does nothing for a status without uuid. */
  acknowledge(status: TaskStatus): void;
  /** No tasks: asks for the state of all that Mesos knows. */
  reconcile(tasks: readonly TaskOnAgent[]): void;
  /** Asks for no more offers. Resolves with false when the call failed, though it may have arrived (also revive). */
  suppress(): Promise<boolean>;
  /** Asks for offers again; forgets what was declined. */
  revive(): Promise<boolean>;
  acceptInverseOffers(offerIds: readonly string[]): void;
  declineInverseOffers(offerIds: readonly string[]): void;
}
