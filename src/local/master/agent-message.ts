import { type ResourceForm, refinedForm, writeResources } from './resources/resource-form.ts';
import { type Agent, nanoseconds } from './state.ts';

/** The capabilities of agents of this version. */
export const AGENT_CAPABILITIES = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
];

/** The form in which totals are shown to operators. */
const operatorForm: ResourceForm = { reservations: 'plain', allocation: true };

export const pidOf = (agent: Agent): string => `slave(1)@${agent.ip}:${agent.info.port ?? 5051}`;

/** An agent in the form of the operator API. */
export function agentMessage(agent: Agent) {
  const { drain } = agent;
  const offered = [...agent.offers].flatMap((record) => writeResources(record.pool, operatorForm));
  const allocated = writeResources(agent.used, operatorForm);
  return {
    agent_info: { ...agent.info, resources: writeResources(agent.total, refinedForm) },
    active: agent.connected && !agent.deactivated,
    deactivated: agent.deactivated,
    version: agent.version,
    pid: pidOf(agent),
    registered_time: nanoseconds(agent.registeredMs),
    ...(agent.reregisteredMs === undefined ? {} : { reregistered_time: nanoseconds(agent.reregisteredMs) }),
    total_resources: writeResources(agent.total, operatorForm),
    ...(allocated.length ? { allocated_resources: allocated } : {}),
    ...(offered.length ? { offered_resources: offered } : {}),
    capabilities: AGENT_CAPABILITIES.map((type) => ({ type })),
    ...(drain
      ? {
          drain_info: {
            state: drain.state,
            config: {
              ...(drain.maxGracePeriod ? { max_grace_period: drain.maxGracePeriod } : {}),
              mark_gone: drain.markGone,
            },
          },
          estimated_drain_start_time: nanoseconds(Math.floor(drain.startedMs / 1000) * 1000),
        }
      : {}),
  };
}
