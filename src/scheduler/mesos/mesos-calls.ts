import type { TaskInfo } from '../../mesos/index.ts';

/** Names a task in reconciliations and kills; with the agent's id Mesos' answer is definite. */
export interface TaskOnAgent {
  readonly taskId: string;
  readonly agentId: string | undefined;
}

/** What an acknowledgement names of a status. */
export interface Acknowledgement extends TaskOnAgent {
  /** That of the status, in base64; Mesos waits for no answer to a status without one. */
  readonly uuid: string | undefined;
}

/**
 * The calls of the scheduler to Mesos. They do not throw. Without a session they are dropped, and the next session's
 * reconciliation repairs that.
 */
export interface MesosCalls {
  /**
   * Launches tasks on the offers of one agent; what is left of them may be offered again at once. `settled` is called once,
   * after this has returned: with false only if certainly nothing was launched; true means that the call may have arrived.
   */
  accept(offerIds: readonly string[], tasks: readonly TaskInfo[], settled: (mayRun: boolean) => void): void;
  decline(offerIds: readonly string[]): void;
  kill(task: TaskOnAgent): void;
  /** Must only be called once the status is stored durably; does nothing for a status without uuid or agent. */
  acknowledge(status: Acknowledgement): void;
  /** Without tasks: asks for the state of all tasks that Mesos knows. */
  reconcile(tasks: readonly TaskOnAgent[]): void;
  /**
   * Asks Mesos to send no more offers. Resolves to false when the call failed; it may have arrived even so (same for
   * revive).
   */
  suppress(): Promise<boolean>;
  /** Asks for offers again and clears the filters of declined ones. */
  revive(): Promise<boolean>;
  acceptInverseOffers(offerIds: readonly string[]): void;
  declineInverseOffers(offerIds: readonly string[]): void;
}
