import type { Amounts } from '../../../api/views/shared.ts';
import type { Clock } from '../../../base/clock.ts';
import { turns } from '../../../base/turns.ts';
import { amountsOf } from '../../quota/quota.ts';
import { NOTHING } from '../../quota/quota-amounts.ts';
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
  /** All of them; the same array until one has changed. Pauses now and then, so that other work gets its turn. */
  all(): Promise<readonly AgentLoad[]>;
}

function makeLoad(stores: ReadStores, agent: AgentAttributes): AgentLoad {
  const tasks = tasksOn(stores, agent);
  const used = { ...NOTHING };
  for (const { assignedTask } of tasks) {
    const { cpus, diskMb, gpus = 0, ramMb } = amountsOf(assignedTask.task);
    used.cpus += cpus;
    used.ramMb += ramMb;
    used.diskMb += diskMb;
    used.gpus += gpus;
  }
  return {
    host: agent.host,
    agentId: agent.slaveId ?? '',
    rack: rackOf(agent),
    dedicated: attributeOf(agent, 'dedicated'),
    tasks: tasks.length,
    used,
  };
}

/** The hosts on which this event changed a task. */
function* hostsOf(event: StateEvent): Generator<string> {
  const tasks =
    event.kind === 'taskStateChanged' ? [event.task] : event.kind === 'tasksDeleted' ? event.tasks : [];
  for (const { assignedTask } of tasks)
    if (assignedTask.slaveHost !== undefined) yield assignedTask.slaveHost;
}

/** All loads, as of a version of the agents' attributes. */
interface AllLoads {
  readonly version: number;
  readonly loads: readonly AgentLoad[];
  readonly places: ReadonlyMap<AgentAttributes, number>;
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
  /** The hosts whose loads have changed since all were collected. */
  const changed = new Set<string>();
  let whole: AllLoads | undefined;
  events.subscribe((event) => {
    if (kept.size === 0) return;
    for (const host of hostsOf(event)) if (kept.delete(host) && whole) changed.add(host);
  });
  const knownOf = (agent: AgentAttributes): AgentLoad | undefined => kept.get(agent.host)?.get(agent);
  const of = (stores: ReadStores, agent: AgentAttributes): AgentLoad => {
    const known = knownOf(agent);
    if (known) return known;
    const ofHost = kept.get(agent.host);
    const load = makeLoad(stores, agent);
    if (ofHost) ofHost.set(agent, load);
    else kept.set(agent.host, new WeakMap([[agent, load]]));
    return load;
  };
  const collect = async (version: number): Promise<AllLoads> => {
    const turn = turns(clock);
    const loads: AgentLoad[] = [];
    const places = new Map<AgentAttributes, number>();
    for (const [at, agent] of storage.read(({ hosts }) => [...hosts.all()]).entries()) {
      const known = knownOf(agent);
      places.set(agent, at);
      loads.push(known ?? storage.read((stores) => of(stores, agent)));
      const pause = !known || at % LOADS_BETWEEN_LOOKS === 0 ? turn() : undefined;
      if (pause) await pause;
    }
    return { version, loads, places };
  };
  const renew = async ({ loads: before, places, version }: AllLoads): Promise<AllLoads> => {
    const turn = turns(clock);
    const loads = [...before];
    for (const host of [...changed]) {
      changed.delete(host);
      storage.read((stores) => {
        for (const agent of stores.hosts.ofHost(host)) {
          const at = places.get(agent);
          if (at !== undefined) loads[at] = of(stores, agent);
        }
      });
      const pause = turn();
      if (pause) await pause;
    }
    return { version, loads, places };
  };
  const update = async (): Promise<readonly AgentLoad[]> => {
    const version = storage.read(({ hosts }) => hosts.version());
    if (whole?.version !== version) {
      // What changes from here on is for the next one.
      changed.clear();
      whole = { version: -1, loads: [], places: new Map() };
      whole = await collect(version);
    } else if (changed.size > 0) whole = await renew(whole);
    return whole.loads;
  };
  /** Reads take turns, as each continues from what the one before has collected. */
  let last: Promise<unknown> = Promise.resolve();
  return {
    of,
    all() {
      const mine = last.then(update);
      last = mine.catch(() => {});
      return mine;
    },
  };
}
