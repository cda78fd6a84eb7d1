import { dominantShare, reserveForOffer } from './accounting.ts';
import { type Grant, isRefused, offer, offerInverse } from './offers.ts';
import { allocated, type Pool, reservedFor, totalMilli } from './resources/pool.ts';
import type { Agent, MasterFramework, MasterState } from './state.ts';

/** The least amounts that are worth an offer. Source: Mesos' --min_allocatable_resources, `cpus:0.01|mem:32`. */
const LEAST = [
  { name: 'cpus', milli: 10 },
  { name: 'mem', milli: 32_000 },
];

interface Candidate {
  readonly framework: MasterFramework;
  readonly role: string;
}

function candidates(master: MasterState): Candidate[] {
  const result: Candidate[] = [];
  for (const framework of master.frameworks.values()) {
    if (!framework.stream) continue;
    for (const role of framework.roles) if (!framework.suppressed.has(role)) result.push({ framework, role });
  }
  return result;
}

/** The poorest role first, and within it the poorest framework; ties by name. Source: dominant resource fairness in Mesos. */
function inOrderOfShare(master: MasterState, all: readonly Candidate[]): readonly Candidate[] {
  if (all.length < 2) return all;
  const roleHeld = new Map<string, Map<string, number>>();
  for (const framework of master.frameworks.values())
    for (const [role, held] of framework.held) {
      const sum = roleHeld.get(role) ?? new Map<string, number>();
      for (const [name, milli] of held) sum.set(name, (sum.get(name) ?? 0) + milli);
      roleHeld.set(role, sum);
    }
  return all
    .map((candidate) => ({
      candidate,
      roleShare: dominantShare(master, roleHeld.get(candidate.role)),
      share: dominantShare(master, candidate.framework.held.get(candidate.role)),
    }))
    .sort(
      (a, b) =>
        a.roleShare - b.roleShare ||
        (a.candidate.role < b.candidate.role ? -1 : a.candidate.role > b.candidate.role ? 1 : 0) ||
        a.share - b.share ||
        (a.candidate.framework.id < b.candidate.framework.id ? -1 : 1),
    )
    .map(({ candidate }) => candidate);
}

const isFor = (reserved: string, role: string): boolean =>
  reserved === '*' || reserved === role || role.startsWith(`${reserved}/`);

function offerable(agent: Agent, free: Pool, { framework, role }: Candidate): Pool {
  const { capabilities } = framework;
  if (totalMilli(agent.total, 'gpus') > 0 && !capabilities.has('GPU_RESOURCES')) return [];
  return free.filter(
    ({ kind }) =>
      isFor(reservedFor(kind), role) &&
      (!kind.revocable || capabilities.has('REVOCABLE_RESOURCES')) &&
      (!kind.shared || capabilities.has('SHARED_RESOURCES')) &&
      (kind.reservations.length < 2 || capabilities.has('RESERVATION_REFINEMENT')),
  );
}

/** Whether the amounts suffice, by the framework's own minimum for the role or else the master's. */
function isEnough(pool: Pool, { framework, role }: Candidate): boolean {
  const own = framework.info.offer_filters?.[role]?.min_allocatable_resources?.quantities;
  if (!own) return LEAST.some(({ name, milli }) => totalMilli(pool, name) >= milli);
  return (
    own.length === 0 ||
    own.some(({ quantities }) =>
      Object.entries(quantities ?? {}).every(
        ([name, { value }]) => totalMilli(pool, name) >= Math.round(value * 1000),
      ),
    )
  );
}

const isServing = (agent: Agent): boolean => agent.connected && !agent.deactivated;

/** Offers free resources of these agents. All that is free on an agent goes to the poorest framework that takes it. */
function allocate(master: MasterState, agents: Iterable<Agent>): void {
  const all = candidates(master);
  if (all.length === 0) return;
  const grants = new Map<MasterFramework, Grant[]>();
  for (const agent of agents) {
    if (!isServing(agent) || agent.available.length === 0) continue;
    let left = agent.available;
    for (const candidate of inOrderOfShare(master, all)) {
      const { framework, role } = candidate;
      const pool = offerable(agent, left, candidate);
      if (pool.length === 0 || !isEnough(pool, candidate)) continue;
      const isWanted = framework.constraints.get(role);
      if (isWanted && !isWanted(agent.info)) continue;
      const given = allocated(pool, role);
      if (isRefused(master, framework, agent, role, given)) continue;
      left = left.filter((amount) => !pool.includes(amount));
      const list = grants.get(framework) ?? [];
      list.push({ agent, role, pool: given });
      grants.set(framework, list);
      reserveForOffer(framework, agent, given);
      if (left.length === 0) break;
    }
  }
  for (const [framework, list] of grants) offer(master, framework, list);
}

function allocateInverse(master: MasterState): void {
  const leaving = [...master.agents.values()].filter((agent) => agent.unavailability && agent.connected);
  if (leaving.length === 0) return;
  const nowMs = master.clock.monotonicMs();
  for (const framework of master.frameworks.values()) {
    if (!framework.stream) continue;
    const asked = leaving.filter(
      (agent) =>
        ![...framework.inverseOffers].some((record) => record.agent === agent) &&
        (framework.inverseFilters.get(agent.id) ?? 0) <= nowMs &&
        ([...agent.tasks].some((task) => task.framework === framework) ||
          [...agent.offers].some((record) => record.framework === framework)),
    );
    offerInverse(master, framework, asked);
  }
}

function run(master: MasterState): void {
  allocate(master, master.agents.values());
  allocateInverse(master);
}

/** Allocates on the next turn; for when a framework or an agent came, or a framework asked for offers. */
export function allocateSoon(master: MasterState): void {
  if (master.allocationDue) return;
  master.allocationDue = true;
  setImmediate(() => {
    master.allocationDue = false;
    if (!master.stopped) run(master);
  });
}

/** Allocates at every interval until `master.allocation` is cancelled. */
export function startAllocating(master: MasterState): void {
  master.allocation = master.clock.after(master.flags.allocationIntervalMs, () => {
    run(master);
    startAllocating(master);
  });
}
