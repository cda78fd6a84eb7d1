// One file above the usual size: a master's answers all depend on the same few tables.
import type {
  FrameworkInfo,
  Offer,
  SchedulerCall,
  SchedulerEvent,
  StatusReason,
  TaskState,
  TaskStatus,
} from '../../../src/mesos/index.ts';
import { between, chance, type World } from '../world.ts';
import { type Agent, type AgentLink, type AgentTask, isTerminal } from './agent.ts';
import { type Amounts, amountsOf, holds, isWorthOffering, minus, resourcesOf, sum } from './amounts.ts';

/** A framework's connection as the master sees it. */
export interface Session {
  say(event: SchedulerEvent): void;
  /** The master has ended it. */
  end(): void;
}

/** A master; the registry of unreachable agents survives its failover, nothing else does. */
export interface Master extends AgentLink {
  isUp(): boolean;
  /** @returns the framework's id. */
  subscribe(info: FrameworkInfo, session: Session): string;
  leave(session: Session): void;
  /** @returns a text when the call is refused; nothing has happened then. */
  receive(session: Session, call: SchedulerCall): string | undefined;
  /** Another master takes over after so long. */
  failOver(afterMs: number): void;
  /** An agent has not answered for long. */
  lostContact(agentId: string): void;
  /** Takes back outstanding offers, each with this probability. */
  rescind(probability: number): void;
}

interface MasterTask {
  readonly taskId: string;
  readonly agentId: string;
  readonly amounts: Amounts;
  state: TaskState;
}

interface KnownAgent {
  readonly agent: Agent;
  readonly tasks: Map<string, MasterTask>;
  filteredUntilMs: number;
}

interface OutstandingOffer {
  readonly agentId: string;
  readonly amounts: Amounts;
}

/** After a failover agents have so long to come back; default of Mesos' agent_reregister_timeout. */
const REREGISTER_MS = 600_000;

export interface MasterOptions {
  /** The scheduler did what no scheduler may. */
  violated(what: string): void;
}

export function simulatedMaster(world: World, { violated }: MasterOptions): Master {
  const { time, random, trace } = world;
  let up = true;
  let agents = new Map<string, KnownAgent>();
  /** Known from the registry after a failover, until they register again. */
  let recovered = new Set<string>();
  const unreachable = new Map<string, ReadonlyMap<string, MasterTask>>();
  const removed = new Set<string>();
  let offers = new Map<string, OutstandingOffer>();
  let framework: { readonly id: string; readonly partitionAware: boolean } | undefined;
  let session: Session | undefined;
  let suppressed = false;
  let frameworks = 0;
  let offerIds = 0;
  let allocating = false;
  const launched = new Set<string>();
  const terminalUuids = new Map<string, string>();

  const tell = (taskId: string, agentId: string | undefined, state: TaskState, reason: StatusReason) => {
    trace('master', `${taskId} ${state} ${reason}`);
    say({
      task_id: { value: taskId },
      ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
      state,
      source: 'SOURCE_MASTER',
      reason,
      timestamp: time.nowMs() / 1000,
    });
  };
  const say = (status: TaskStatus) => session?.say({ type: 'UPDATE', update: { status } });
  const aware = (state: TaskState): TaskState => (framework?.partitionAware ? state : 'TASK_LOST');

  const freeOf = ({ agent, tasks }: KnownAgent): Amounts => {
    const used = [...tasks.values()].filter(({ state }) => !isTerminal(state)).map(({ amounts }) => amounts);
    const offered = [...offers.values()].filter(({ agentId }) => agentId === agent.id);
    return minus(agent.host.total, sum([...used, ...offered.map(({ amounts }) => amounts)]));
  };
  const offerOf = (agent: Agent, amounts: Amounts): Offer => {
    const id = `o${++offerIds}`;
    offers.set(id, { agentId: agent.id, amounts });
    const text = (name: string, value: string) => ({ name, type: 'TEXT' as const, text: { value } });
    return {
      id: { value: id },
      framework_id: { value: framework?.id ?? '' },
      agent_id: { value: agent.id },
      hostname: agent.host.name,
      resources: resourcesOf(amounts),
      attributes: [text('host', agent.host.name), text('rack', agent.host.rack)],
    };
  };
  /** Usually one offer for all that is free; sometimes two, as after resources came back in parts. */
  const split = (free: Amounts): Amounts[] => {
    if (!chance(random, 0.15)) return [free];
    const part = {
      cpus: Math.floor(free.cpus / 2),
      mem: Math.floor(free.mem / 2),
      disk: 0,
      ports: new Set<number>(),
    };
    return isWorthOffering(part) ? [part, minus(free, part)] : [free];
  };
  const allocate = () => {
    allocating = false;
    if (!up || !session || suppressed) return;
    const made: Offer[] = [];
    let againMs = Number.POSITIVE_INFINITY;
    for (const known of agents.values()) {
      const free = freeOf(known);
      if (!isWorthOffering(free)) continue;
      const waitMs = known.filteredUntilMs - time.monotonicMs();
      if (waitMs > 0) againMs = Math.min(againMs, waitMs);
      else for (const part of split(free)) made.push(offerOf(known.agent, part));
    }
    if (made.length > 0) {
      trace('master', `offers ${made.map(({ id, hostname }) => `${id.value}@${hostname}`).join(' ')}`);
      session.say({ type: 'OFFERS', offers: { offers: made } });
    }
    if (againMs < Number.POSITIVE_INFINITY) allocateIn(againMs);
  };
  const allocateIn = (delayMs: number) => {
    if (allocating) return;
    allocating = true;
    time.after(delayMs + between(random, 50, 1_000), allocate);
  };
  const withdraw = (offerId: string) => {
    offers.delete(offerId);
    session?.say({ type: 'RESCIND', rescind: { offer_id: { value: offerId } } });
  };
  const withdrawOf = (agentId: string) => {
    for (const [offerId, offer] of [...offers]) if (offer.agentId === agentId) withdraw(offerId);
  };

  const accept = (accepted: NonNullable<SchedulerCall['accept']>) => {
    const ids = (accepted.offer_ids ?? []).map(({ value }) => value);
    const infos = (accepted.operations ?? []).flatMap((operation) => operation.launch?.task_infos ?? []);
    const named = ids.map((id) => offers.get(id));
    for (const id of ids) offers.delete(id);
    allocateIn((accepted.filters?.refuse_seconds ?? 5) * 1000);
    const agentId = named[0]?.agentId;
    const known = agentId === undefined ? undefined : agents.get(agentId);
    const valid = known && named.every((offer) => offer?.agentId === agentId);
    let left = sum(named.flatMap((offer) => offer?.amounts ?? []));
    for (const info of infos) {
      const taskId = info.task_id.value;
      if (launched.has(taskId)) violated(`task ${taskId} was launched twice`);
      launched.add(taskId);
      if (!valid) {
        tell(taskId, info.agent_id.value, aware('TASK_DROPPED'), 'REASON_INVALID_OFFERS');
        continue;
      }
      if (info.agent_id.value !== agentId) violated(`task ${taskId} names another agent than its offer`);
      const need = amountsOf([...(info.resources ?? []), ...(info.executor?.resources ?? [])]);
      if (need.doubled || !holds(left, need))
        violated(`task ${taskId} takes more than was offered on ${known.agent.host.name}: oversold`);
      left = minus(left, need);
      known.tasks.set(taskId, { taskId, agentId: known.agent.id, amounts: need, state: 'TASK_STAGING' });
      trace('master', `launches ${taskId} on ${known.agent.host.name}`);
      known.agent.fromMaster.send(() => known.agent.run(info));
    }
  };
  const find = (taskId: string): { known: KnownAgent; task: MasterTask } | undefined => {
    for (const known of agents.values()) {
      const task = known.tasks.get(taskId);
      if (task) return { known, task };
    }
    return undefined;
  };
  const reconcile = (taskId: string, agentId: string | undefined) => {
    const task = find(taskId)?.task;
    if (task) return tell(taskId, task.agentId, task.state, 'REASON_RECONCILIATION');
    if (agentId !== undefined && recovered.has(agentId)) return;
    const state: TaskState =
      agentId !== undefined && agents.has(agentId)
        ? 'TASK_GONE'
        : agentId !== undefined && unreachable.has(agentId)
          ? 'TASK_UNREACHABLE'
          : agentId !== undefined && removed.has(agentId)
            ? 'TASK_GONE'
            : 'TASK_UNKNOWN';
    tell(taskId, agentId, aware(state), 'REASON_RECONCILIATION');
  };
  const reconcileAll = () => {
    for (const { tasks } of agents.values())
      for (const { taskId, agentId, state } of tasks.values())
        tell(taskId, agentId, state, 'REASON_RECONCILIATION');
    for (const [agentId, tasks] of unreachable)
      for (const taskId of tasks.keys())
        tell(taskId, agentId, aware('TASK_UNREACHABLE'), 'REASON_RECONCILIATION');
  };
  const CALLS: { readonly [type: string]: (call: SchedulerCall) => void } = {
    ACCEPT: ({ accept: accepted }) => accepted && accept(accepted),
    DECLINE({ decline }) {
      const filterMs = (decline?.filters?.refuse_seconds ?? 5) * 1000;
      for (const { value } of decline?.offer_ids ?? []) {
        const known = agents.get(offers.get(value)?.agentId ?? '');
        if (known) known.filteredUntilMs = time.monotonicMs() + filterMs;
        offers.delete(value);
      }
      allocateIn(filterMs);
    },
    REVIVE() {
      suppressed = false;
      for (const known of agents.values()) known.filteredUntilMs = 0;
      allocateIn(0);
    },
    SUPPRESS() {
      suppressed = true;
    },
    KILL({ kill }) {
      const taskId = kill?.task_id.value ?? '';
      const found = find(taskId);
      if (found) found.known.agent.fromMaster.send(() => found.known.agent.kill(taskId));
      else reconcile(taskId, kill?.agent_id?.value);
    },
    ACKNOWLEDGE({ acknowledge }) {
      const known = agents.get(acknowledge?.agent_id.value ?? '');
      if (!known || !acknowledge) return;
      const taskId = acknowledge.task_id.value;
      const task = known.tasks.get(taskId);
      if (task && isTerminal(task.state) && terminalUuids.get(taskId) === acknowledge.uuid)
        known.tasks.delete(taskId);
      known.agent.fromMaster.send(() => known.agent.acknowledge(taskId, acknowledge.uuid));
    },
    RECONCILE({ reconcile: asked }) {
      const tasks = asked?.tasks ?? [];
      if (tasks.length === 0) reconcileAll();
      for (const { task_id: id, agent_id: agent } of tasks) reconcile(id.value, agent?.value);
    },
    ACCEPT_INVERSE_OFFERS: () => {},
    DECLINE_INVERSE_OFFERS: () => {},
  };
  const take = (known: KnownAgent, { taskId, amounts, state }: AgentTask) =>
    known.tasks.set(taskId, { taskId, amounts, agentId: known.agent.id, state });
  const remove = (known: KnownAgent, state: TaskState, reason: StatusReason) => {
    agents.delete(known.agent.id);
    withdrawOf(known.agent.id);
    for (const task of known.tasks.values())
      if (!isTerminal(task.state)) tell(task.taskId, task.agentId, aware(state), reason);
  };

  return {
    isUp: () => up,
    subscribe(info, next) {
      const before = session;
      session = next;
      before?.end();
      for (const offerId of offers.keys()) offers.delete(offerId);
      const partitionAware = (info.capabilities ?? []).some(({ type }) => type === 'PARTITION_AWARE');
      if (info.id === undefined && framework && launched.size > 0)
        violated('the scheduler came back as another framework, its tasks are nobody’s');
      framework = { id: info.id?.value ?? `framework-${++frameworks}`, partitionAware };
      suppressed = false;
      for (const known of agents.values()) known.filteredUntilMs = 0;
      allocateIn(0);
      return framework.id;
    },
    leave(left) {
      if (session !== left) return;
      session = undefined;
      offers = new Map();
    },
    receive(from, call) {
      if (!up) return 'this master does not lead';
      if (from !== session) return 'the framework is not subscribed on this connection';
      const handle = CALLS[call.type ?? ''];
      if (!handle) return `unknown call ${call.type}`;
      handle(call);
      return undefined;
    },
    failOver(afterMs) {
      if (!up) return;
      trace('master', `fails, another one leads in ${Math.round(afterMs)} ms`);
      up = false;
      session?.end();
      session = undefined;
      offers = new Map();
      recovered = new Set([...recovered, ...agents.keys()]);
      for (const { agent } of agents.values()) agent.partition(afterMs + between(random, 100, 8_000));
      agents = new Map();
      time.after(afterMs, () => {
        up = true;
      });
      time.after(afterMs + REREGISTER_MS, () => {
        for (const agentId of recovered) unreachable.set(agentId, new Map());
        recovered.clear();
      });
    },
    lostContact(agentId) {
      const known = agents.get(agentId);
      if (!up || !known) {
        if (up && recovered.delete(agentId)) unreachable.set(agentId, new Map());
        return;
      }
      trace('master', `agent ${agentId} is unreachable`);
      unreachable.set(agentId, known.tasks);
      remove(known, 'TASK_UNREACHABLE', 'REASON_AGENT_REMOVED');
    },
    rescind(probability) {
      for (const offerId of [...offers.keys()]) if (chance(random, probability)) withdraw(offerId);
      allocateIn(0);
    },
    register(agent, tasks) {
      if (!up) return false;
      if (removed.has(agent.id)) return true;
      agent.fromMaster.send(agent.registered);
      trace('master', `agent ${agent.id} registers with ${tasks.length} tasks`);
      for (const other of [...agents.values()]) {
        if (other.agent.host !== agent.host || other.agent.id === agent.id) continue;
        removed.add(other.agent.id);
        remove(other, 'TASK_GONE', 'REASON_AGENT_REMOVED');
      }
      const returned = unreachable.delete(agent.id);
      recovered.delete(agent.id);
      const known = agents.get(agent.id) ?? { agent, tasks: new Map(), filteredUntilMs: 0 };
      agents.set(agent.id, known);
      const reported = new Set(tasks.map(({ taskId }) => taskId));
      for (const [taskId, task] of known.tasks) {
        if (reported.has(taskId)) continue;
        known.tasks.delete(taskId);
        if (!isTerminal(task.state)) tell(taskId, agent.id, aware('TASK_DROPPED'), 'REASON_RECONCILIATION');
      }
      for (const task of tasks) {
        take(known, task);
        if (!returned || isTerminal(task.state)) continue;
        if (framework?.partitionAware) tell(task.taskId, agent.id, task.state, 'REASON_AGENT_REREGISTERED');
        else agent.fromMaster.send(() => agent.kill(task.taskId));
      }
      allocateIn(0);
      return true;
    },
    update(agentId, { taskId, uuid, state, reason }) {
      const known = up ? agents.get(agentId) : undefined;
      if (!known) return;
      say({
        task_id: { value: taskId },
        agent_id: { value: agentId },
        state,
        uuid,
        source: 'SOURCE_EXECUTOR',
        timestamp: time.nowMs() / 1000,
        ...(reason ? { reason } : {}),
      });
      const task = known.tasks.get(taskId);
      if (isTerminal(state)) {
        terminalUuids.set(taskId, uuid);
        allocateIn(0);
      }
      // The update names an old state when later ones wait behind it; the master knows the latest.
      const latest = known.agent.tasks().find((one) => one.taskId === taskId)?.state ?? state;
      if (task && !isTerminal(task.state)) task.state = latest;
    },
  };
}
