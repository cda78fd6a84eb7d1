import type { Amounts } from '../../../api/views/shared.ts';
import type { Clock } from '../../../base/clock.ts';
import { turns } from '../../../base/turns.ts';
import { NOTHING, plus, quotaAmounts } from '../../quota/quota-amounts.ts';
import type { StateEvent, StateEvents } from '../../state/index.ts';
import type { AgentAttributes, ReadStores, Storage } from '../../storage/index.ts';
import { attributeOf, rackOf, tasksOn } from './agent-facts.ts';

/** What an agent has to do, and what never changes without its attributes. */
export interface AgentLoad {
  readonly host: string;
  readonly agentId: string;
  readonly rack: string;
  readonly dedicated: string | undefined;
  /** Active tasks, and what they use together. */
  readonly tasks: number;
  readonly used: Amounts;
}

/** The loads of all agents. Each is made when it is first asked for, and kept until a task on its host changes. */
export interface AgentLoads {
  of(stores: ReadStores, agent: AgentAttributes): AgentLoad;
  /** All of them. Pauses now and then, so that other work gets its turn. */
  all(): Promise<readonly AgentLoad[]>;
}

function makeLoad(stores: ReadStores, agent: AgentAttributes): AgentLoad {
  const tasks = tasksOn(stores, agent);
  return {
    host: agent.host,
    agentId: agent.slaveId ?? '',
    rack: rackOf(agent),
    dedicated: attributeOf(agent, 'dedicated'),
    tasks: tasks.length,
    used: tasks.reduce((sum, { assignedTask }) => plus(sum, quotaAmounts(assignedTask.task)), NOTHING),
  };
}

/** The hosts on which this event changed a task. */
function* hostsOf(event: StateEvent): Generator<string> {
  const tasks =
    event.kind === 'taskStateChanged' ? [event.task] : event.kind === 'tasksDeleted' ? event.tasks : [];
  for (const { assignedTask } of tasks)
    if (assignedTask.slaveHost !== undefined) yield assignedTask.slaveHost;
}

/** How many kept loads are collected between two looks at the clock. */
const LOADS_BETWEEN_LOOKS = 256;

/** Creates the cache, which follows the events for as long as the scheduler lives. */
export function agentLoads({
  clock,
  events,
  storage,
}: {
  readonly clock: Clock;
  readonly events: StateEvents;
  readonly storage: Pick<Storage, 'read'>;
}): AgentLoads {
  // By host, because every change of every task arrives here. Attributes that change are another object, so their old load
  // is never found again.
  const kept = new Map<string, WeakMap<AgentAttributes, AgentLoad>>();
  events.subscribe((event) => {
    if (kept.size > 0) for (const host of hostsOf(event)) kept.delete(host);
  });
  const knownOf = (agent: AgentAttributes): AgentLoad | undefined => kept.get(agent.host)?.get(agent);
  const of = (stores: ReadStores, agent: AgentAttributes): AgentLoad => {
    const known = knownOf(agent);
    if (known) return known;
    const load = makeLoad(stores, agent);
    const ofHost = kept.get(agent.host);
    if (ofHost) ofHost.set(agent, load);
    else kept.set(agent.host, new WeakMap([[agent, load]]));
    return load;
  };
  return {
    of,
    async all() {
      const turn = turns(clock);
      const loads: AgentLoad[] = [];
      for (const [at, agent] of storage.read(({ hosts }) => [...hosts.all()]).entries()) {
        const known = knownOf(agent);
        loads.push(known ?? storage.read((stores) => of(stores, agent)));
        const pause = !known || at % LOADS_BETWEEN_LOOKS === 0 ? turn() : undefined;
        if (pause) await pause;
      }
      return loads;
    },
  };
}
