import { normalise, type TaskConfig, type Wire } from '../../src/api/index.ts';
import type { SiteRules } from '../../src/base/cross-site.ts';
import type { Attribute, Offer, Resource } from '../../src/mesos/index.ts';
import { type HostOffer, hostOffer } from '../../src/scheduler/offers/host-offer.ts';

/** A server on all addresses, without flags for names. */
export const ANY_SITE: SiteRules = {
  hosts: 'any',
  hostNames: [],
  publicNames: [],
  corsOrigin: undefined,
};

export const JOB = { role: 'web', environment: 'prod', name: 'hello' };

/** A task configuration that passes every rule; `change` replaces what a test is about. */
export const taskConfig = (change: Wire<'TaskConfig'> = {}): TaskConfig =>
  normalise('TaskConfig', { ...wireConfig(), tier: 'preemptible', ...change });

/** The same as a client sends it. */
export const wireConfig = (change: Wire<'TaskConfig'> = {}): Wire<'TaskConfig'> => ({
  job: JOB,
  owner: { user: 'alice' },
  isService: true,
  maxTaskFailures: 1,
  executorConfig: { name: 'AuroraExecutor', data: '{"task":{}}' },
  resources: [{ numCpus: 1 }, { ramMb: 128 }, { diskMb: 64 }],
  ...change,
});

export const wireJob = (change: Wire<'JobConfiguration'> = {}): Wire<'JobConfiguration'> => ({
  key: JOB,
  owner: { user: 'alice' },
  instanceCount: 1,
  taskConfig: wireConfig(),
  ...change,
});

export const scalar = (name: string, value: number, more: Partial<Resource> = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});

export const ports = (begin: number, end: number, more: Partial<Resource> = {}): Resource => ({
  name: 'ports',
  type: 'RANGES',
  ranges: { range: [{ begin, end }] },
  ...more,
});

export const text = (name: string, value: string): Attribute => ({ name, type: 'TEXT', text: { value } });

/** An offer of a roomy agent; `change` replaces what a test is about. */
export const mesosOffer = (agent: string, change: Partial<Offer> = {}): Offer => ({
  id: { value: `offer-${agent}` },
  framework_id: { value: 'framework' },
  agent_id: { value: agent },
  hostname: `host-${agent}`,
  resources: [scalar('cpus', 8), scalar('mem', 8192), scalar('disk', 8192), ports(31_000, 31_099)],
  attributes: [text('host', `host-${agent}`)],
  ...change,
});

export const REVOCABLE_TYPES = { cpus: true, ramMb: false };

let arrivals = 0;

export const offerOf = (agent: string, change: Partial<Offer> = {}, lot = 0): HostOffer =>
  hostOffer([mesosOffer(agent, change)], 'NONE', lot, REVOCABLE_TYPES, ++arrivals);
