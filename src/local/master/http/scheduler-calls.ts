import type { SchedulerCall, SchedulerCallType } from '../../../mesos/index.ts';
import { accept, decline } from '../accept.ts';
import { readConstraints } from '../constraints.ts';
import { removeFramework, revive, suppress, updateFramework } from '../frameworks.ts';
import { kill } from '../kill.ts';
import { answerInverse } from '../offers.ts';
import { acknowledgeOperation, reconcileOperations } from '../operations.ts';
import { reconcile } from '../reconciliation.ts';
import type { MasterFramework, MasterState } from '../state.ts';
import { acknowledge } from '../updates.ts';
import { frameworkUpdateFault } from '../validation/framework.ts';
import { HttpRefusal } from './answers.ts';

type Handler = (master: MasterState, framework: MasterFramework, call: SchedulerCall) => void;

function update(master: MasterState, framework: MasterFramework, call: SchedulerCall): void {
  const wanted = call.update_framework;
  if (!wanted) return;
  const fault = frameworkUpdateFault(framework.info, wanted.framework_info);
  if (fault) throw new HttpRefusal(400, `FrameworkInfo update is not valid: ${fault}`);
  try {
    updateFramework(master, framework, wanted, readConstraints(wanted.offer_constraints));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HttpRefusal(400, `'UpdateFramework.offer_constraints' are not valid: ${error.message}`);
  }
}

const answerInverseOffers =
  (member: 'accept_inverse_offers' | 'decline_inverse_offers', status: 'ACCEPT' | 'DECLINE'): Handler =>
  (master, framework, call) => {
    for (const { value } of call[member]?.inverse_offer_ids ?? []) {
      const record = master.inverseOffers.get(value);
      if (record?.framework === framework)
        answerInverse(master, record, status, call[member]?.filters?.refuse_seconds);
    }
  };

/** Handlers of a subscribed framework's calls. `validateCall` has checked that the members exist. */
export const SCHEDULER_CALLS: Readonly<Partial<Record<SchedulerCallType, Handler>>> = {
  TEARDOWN: removeFramework,
  ACCEPT: (master, framework, call) => accept(master, framework, call.accept ?? {}),
  DECLINE: (master, framework, call) => decline(master, framework, call.decline ?? {}),
  ACCEPT_INVERSE_OFFERS: answerInverseOffers('accept_inverse_offers', 'ACCEPT'),
  DECLINE_INVERSE_OFFERS: answerInverseOffers('decline_inverse_offers', 'DECLINE'),
  REVIVE: (master, framework, call) => revive(master, framework, call.revive?.roles ?? []),
  SUPPRESS: (_master, framework, call) => suppress(framework, call.suppress?.roles ?? []),
  KILL: (master, framework, call) => call.kill && kill(master, framework, call.kill),
  SHUTDOWN(master, framework, call) {
    const agent = master.agents.get(call.shutdown?.agent_id.value ?? '');
    if (agent?.connected && call.shutdown)
      agent.link.shutdownExecutor({
        frameworkId: framework.id,
        executorId: call.shutdown.executor_id.value,
      });
  },
  ACKNOWLEDGE(master, framework, { acknowledge: call }) {
    if (call)
      acknowledge(master, framework, {
        agentId: call.agent_id.value,
        taskId: call.task_id.value,
        uuid: call.uuid,
      });
  },
  ACKNOWLEDGE_OPERATION_STATUS: (master, _framework, call) =>
    acknowledgeOperation(master, call.acknowledge_operation_status?.uuid ?? ''),
  RECONCILE: (master, framework, call) =>
    reconcile(
      master,
      framework,
      (call.reconcile?.tasks ?? []).map(({ task_id, agent_id }) => ({
        taskId: task_id.value,
        agentId: agent_id?.value,
      })),
    ),
  RECONCILE_OPERATIONS: (master, framework, call) =>
    reconcileOperations(
      master,
      framework,
      (call.reconcile_operations?.operations ?? []).map(({ operation_id, agent_id }) => ({
        operationId: operation_id.value,
        agentId: agent_id?.value,
      })),
    ),
  MESSAGE(master, framework, { message }) {
    const agent = master.agents.get(message?.agent_id.value ?? '');
    if (agent?.connected && message)
      agent.link.frameworkMessage({
        frameworkId: framework.id,
        executorId: message.executor_id.value,
        data: message.data,
      });
  },
  REQUEST: () => {},
  UPDATE_FRAMEWORK: update,
};
