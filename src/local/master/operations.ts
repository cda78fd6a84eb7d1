import type { Operation, OperationStatus, Resource } from '../../mesos/index.ts';
import { countCluster } from './accounting.ts';
import {
  type Amount,
  add,
  contains,
  type Kind,
  kindOf,
  type Pool,
  poolOf,
  subtract,
  unallocated,
} from './resources/pool.ts';
import { readResources } from './resources/resource-form.ts';
import { poolText } from './resources/text.ts';
import { type Agent, type MasterFramework, type MasterState, statusUuid, tell } from './state.ts';

/** Resources before and after an operation: the same amounts with another purpose. */
interface Conversion {
  readonly from: Pool;
  readonly to: Pool;
}

const changed = (pool: Pool, change: (kind: Kind) => Partial<Omit<Kind, 'key'>>): Pool =>
  poolOf(
    pool.map((amount): Amount => {
      const { key: _key, ...parts } = amount.kind;
      return { ...amount, kind: kindOf({ ...parts, ...change(amount.kind) }) };
    }),
  );

const withoutLastReservation = (pool: Pool): Pool =>
  changed(pool, ({ reservations }) => ({ reservations: reservations.slice(0, -1) }));

/** Turns a volume into plain disk; a path or mount disk keeps its source. */
const withoutVolume = (pool: Pool): Pool =>
  changed(pool, ({ disk }) => ({ disk: disk?.source ? { source: disk.source } : undefined }));

const read = (resources: readonly Resource[] | undefined, role: string) => readResources(resources, role);

/** What an operation converts; a text says why the operation is unsupported or invalid. */
function conversionOf(operation: Operation, role: string): Conversion | string {
  const { reserve, unreserve, create, destroy } = operation;
  if (operation.type === 'RESERVE' && reserve) {
    const to = read(reserve.resources, role);
    return { from: reserve.source?.length ? read(reserve.source, role) : withoutLastReservation(to), to };
  }
  if (operation.type === 'UNRESERVE' && unreserve) {
    const from = read(unreserve.resources, role);
    return from.every(({ kind }) => kind.reservations.at(-1)?.type === 'DYNAMIC')
      ? { from, to: withoutLastReservation(from) }
      : 'Invalid UNRESERVE operation: a resource is not dynamically reserved';
  }
  if (operation.type === 'CREATE' && create) {
    const to = read(create.volumes, role);
    return to.every(({ kind }) => kind.disk?.persistence)
      ? { from: withoutVolume(to), to }
      : 'Invalid CREATE operation: a resource is not a persistent volume';
  }
  if (operation.type === 'DESTROY' && destroy) {
    const from = read(destroy.volumes, role);
    return { from, to: withoutVolume(from) };
  }
  return `Operation ${operation.type ?? ''} is not supported`;
}

const report = (framework: MasterFramework, status: OperationStatus): void =>
  tell(framework, { type: 'UPDATE_OPERATION_STATUS', update_operation_status: { status } });

/** Reports an operation that was not tried; only operations with an id are reported. */
export function dropOperation(
  _master: MasterState,
  framework: MasterFramework,
  operation: Operation,
  message: string,
  state: OperationStatus['state'] = 'OPERATION_DROPPED',
): void {
  if (operation.id) report(framework, { operation_id: operation.id, state, message });
}

/**
 * Handles RESERVE, UNRESERVE, CREATE and DESTROY, which change the purpose of an agent's resources.
 * @returns what is left of the offers, including the changed resources
 */
export function applyOperation(
  master: MasterState,
  framework: MasterFramework,
  agent: Agent,
  role: string,
  operation: Operation,
  left: Pool,
): Pool {
  const conversion = conversionOf(operation, role);
  if (typeof conversion === 'string') {
    dropOperation(master, framework, operation, conversion, 'OPERATION_ERROR');
    return left;
  }
  const { from, to } = conversion;
  if (!contains(left, from)) {
    const text = `Invalid ${operation.type ?? ''} operation: ${poolText(from)} is more than available ${poolText(left)}`;
    dropOperation(master, framework, operation, text, 'OPERATION_ERROR');
    return left;
  }
  countCluster(master, agent.total, -1);
  agent.total = add(subtract(agent.total, unallocated(from)), unallocated(to));
  countCluster(master, agent.total, 1);
  if (operation.id) {
    const uuid = statusUuid(master.random);
    const status: OperationStatus = {
      operation_id: operation.id,
      state: 'OPERATION_FINISHED',
      uuid: { value: uuid },
      agent_id: { value: agent.id },
    };
    master.operations.set(uuid, { framework, agentId: agent.id, id: operation.id.value, uuid, status });
    report(framework, status);
  }
  return add(subtract(left, from), to);
}

/** Forgets an operation whose status the scheduler has acknowledged. */
export const acknowledgeOperation = (master: MasterState, uuid: string): void =>
  void master.operations.delete(uuid);

/** Reports the states of operations; when none is named, of all whose status is not acknowledged. */
export function reconcileOperations(
  master: MasterState,
  framework: MasterFramework,
  asked: readonly { readonly operationId: string; readonly agentId: string | undefined }[],
): void {
  const mine = [...master.operations.values()].filter((operation) => operation.framework === framework);
  if (asked.length === 0) {
    for (const { status } of mine) report(framework, status);
    return;
  }
  for (const { operationId, agentId } of asked) {
    const known = mine.find(({ id }) => id === operationId);
    if (known) report(framework, known.status);
    else
      report(framework, {
        operation_id: { value: operationId },
        state: 'OPERATION_UNKNOWN',
        message:
          agentId === undefined
            ? "Reconciliation: Operation is unknown and no 'agent_id' was provided"
            : 'Reconciliation: Operation is unknown',
        ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
      });
  }
}
