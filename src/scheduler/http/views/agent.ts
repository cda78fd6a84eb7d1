import { ACTIVE_STATES, toNumber } from '../../../api/index.ts';
import type { AgentReply } from '../../../api/views/agents.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { tasksOn } from './agent-facts.ts';
import { agentRow, hostTask } from './host-rows.ts';
import { matcher } from './list-query.ts';
import { policyText } from './policy-text.ts';
import { requiredText } from './required-names.ts';
import { endedTask, sinceMs } from './task-times.ts';
import { notFound } from './view-refusal.ts';
import type { View } from './view-settings.ts';
import { waitsById } from './waits-for.ts';

const MOST_ENDED = 50;
const MOST_TASKS = 500;

/**
 * One agent with its tasks. If a host has several agents: the one that `agent` names, else the one that joined last.
 */
export const agentView: View = (world, query): AgentReply => {
  const host = requiredText(query, 'host');
  const waits = waitsById(world.waitsOn(host));
  return world.storage.read((stores) => {
    const { hosts, maintenance, modes, tasks } = stores;
    const agent = hosts.ofHost(host).find(({ slaveId }) => slaveId === query.agent) ?? hosts.get(host);
    if (!agent) {
      const near = matcher(host.slice(0, 4));
      const names = [...hosts.all()].map((one) => one.host).filter(near);
      throw notFound(`No agent was ever seen on host ${host}.`, names.slice(0, 5));
    }
    const request = maintenance.get(host);
    const ended = tasks
      .onHost(host)
      .filter(({ status }) => !ACTIVE_STATES.has(status))
      .sort((a, b) => sinceMs(b) - sinceMs(a));
    return {
      ...world.links.of('host', { cluster: world.clusterName, host }),
      row: agentRow(world, world.loads.of(stores, agent), modes.of(host)),
      attributes: [...agent.attributes]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, values }) => [name, values] as const),
      ...(request
        ? {
            request: {
              sinceMs: toNumber(request.createdTimestampMs),
              timeoutMs: toNumber(request.timeoutSecs) * 1000,
              policy: policyText(request.defaultSlaPolicy),
            },
          }
        : {}),
      tasks: tasksOn(stores, agent)
        .slice(0, MOST_TASKS)
        .map((task) => hostTask(task, waits.get(task.assignedTask.taskId))),
      ended: ended
        .slice(0, MOST_ENDED)
        .map((task) => ({ ...endedTask(task), job: jobKeyText(task.assignedTask.task.job) })),
    };
  });
};
