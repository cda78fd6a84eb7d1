/** An agent with a master that only listens, on a work directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { type ManualClock, manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { startAgent } from '../../../src/local/agent/index.ts';
import type {
  AgentLink,
  AgentOptions,
  ForwardUpdate,
  MasterLink,
  RunningAgent,
} from '../../../src/local/link.ts';
import type { ExecutorInfo, FrameworkInfo, Resource, TaskInfo } from '../../../src/mesos/index.ts';

/** One call of the agent to its master. */
export type MasterCall = {
  [K in keyof MasterLink]: { readonly call: K; readonly message: Parameters<MasterLink[K]>[0] };
}[keyof MasterLink];

export interface Rig {
  readonly workDir: string;
  readonly calls: MasterCall[];
  agent(): RunningAgent;
  /** What the master calls. */
  link(): AgentLink;
  /** Waits, in the machine's time, until a call satisfies `matches`; takes it out of `calls`. */
  take(matches: (call: MasterCall) => boolean, what?: string): Promise<MasterCall>;
  /** The next update of that state. */
  update(taskId: string, state: string): Promise<ForwardUpdate>;
  acknowledge(update: ForwardUpdate): void;
  /** Waits until the master has registered the agent that often. */
  registrations(times: number): Promise<number>;
  start(options?: Partial<AgentOptions>): Promise<void>;
  crash(): Promise<void>;
  /** Stops the agent and removes the directory. */
  close(): Promise<void>;
}

const RESOURCES: readonly Resource[] = [
  { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } },
  { name: 'mem', type: 'SCALAR', scalar: { value: 8192 } },
  { name: 'disk', type: 'SCALAR', scalar: { value: 20000 } },
  { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31000, end: 32000 }] } },
];

const WAIT_MS = 8_000;

/** Polls until `look` gives something; the wait is for other processes, which no clock of ours drives. */
export async function eventually<T>(look: () => T | undefined, what: string, waitMs = WAIT_MS): Promise<T> {
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > untilMs) throw new Error(`did not come: ${what}`);
    await pause(3);
  }
}

export type RigOptions = Partial<AgentOptions> & {
  /** The id that the master gives. */
  readonly agentId?: string;
  /** What the master does next. */
  readonly afterReregistration?: (link: AgentLink) => void;
};

export async function rig(options: RigOptions = {}): Promise<Rig> {
  const workDir = options.workDir ?? mkdtempSync(join(tmpdir(), 'aurora-agent-'));
  const agentId = options.agentId ?? 'm-S0';
  const calls: MasterCall[] = [];
  let registrations = 0;
  let agent: RunningAgent;
  let link: AgentLink;

  const connect = (toAgent: AgentLink): MasterLink => {
    link = toAgent;
    const note =
      (call: keyof MasterLink) =>
      (message?: unknown): void => {
        calls.push({ call, message } as MasterCall);
        if (call === 'register')
          setImmediate(() => {
            toAgent.registered({ agentId });
            registrations++;
          });
        if (call !== 'reregister') return;
        setImmediate(() => {
          toAgent.reregistered({ agentId, reconcile: [] });
          registrations++;
          options.afterReregistration?.(toAgent);
        });
      };
    return {
      register: note('register'),
      reregister: note('reregister'),
      forwardUpdate: note('forwardUpdate'),
      executorTerminated: note('executorTerminated'),
      executorMessage: note('executorMessage'),
      pong: note('pong'),
      unregister: note('unregister'),
      close: note('close'),
    };
  };

  const self: Rig = {
    workDir,
    calls,
    agent: () => agent,
    link: () => link,
    take: (matches, what = 'a call of the agent') =>
      eventually(
        () => {
          const at = calls.findIndex(matches);
          return at < 0 ? undefined : calls.splice(at, 1)[0];
        },
        `${what}; there were ${JSON.stringify(calls)}`,
      ),
    async update(taskId, state) {
      const { message } = await self.take(
        ({ call, message }) =>
          call === 'forwardUpdate' &&
          message.status.task_id.value === taskId &&
          message.status.state === state,
        `${state} of ${taskId}`,
      );
      return message as ForwardUpdate;
    },
    acknowledge: ({ frameworkId, status }) =>
      link.acknowledgeUpdate({ frameworkId, taskId: status.task_id.value, uuid: status.uuid ?? '' }),
    registrations: (times) =>
      eventually(() => (registrations >= times ? registrations : undefined), `registration ${times}`),
    async start(more = {}) {
      agent = await startAgent({
        connect,
        workDir,
        ip: '127.0.0.1',
        port: 0,
        hostname: '127.0.0.1',
        resources: RESOURCES,
        attributes: [],
        clock: systemClock,
        random: seededRandom(1),
        log: silentLogger,
        ...options,
        ...more,
      });
    },
    crash: () => agent.crash(),
    async close() {
      await agent.stop();
      rmSync(workDir, { recursive: true, force: true });
    },
  };
  await self.start();
  await self.registrations(1);
  return self;
}

/** A rig whose time is driven by hand. */
export async function manualRig(
  options: RigOptions & { readonly clock?: ManualClock } = {},
): Promise<Rig & { readonly clock: ManualClock }> {
  const clock = options.clock ?? manualClock();
  const made = await rig({ ...options, clock: clock as Clock });
  return { ...made, clock };
}

export const framework = (more: Partial<FrameworkInfo> = {}): FrameworkInfo => ({
  user: 'root',
  name: 'test',
  id: { value: 'fw' },
  checkpoint: false,
  capabilities: [{ type: 'PARTITION_AWARE' }],
  ...more,
});

export const customExecutor = (
  id: string,
  command: string,
  more: Partial<ExecutorInfo> = {},
): ExecutorInfo => ({
  type: 'CUSTOM',
  executor_id: { value: id },
  framework_id: { value: 'fw' },
  command: { shell: true, value: command },
  ...more,
});

export const task = (id: string, more: Partial<TaskInfo> = {}): TaskInfo => ({
  name: `task-${id}`,
  task_id: { value: id },
  agent_id: { value: 'm-S0' },
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 32 }, allocation_info: { role: '*' } },
  ],
  ...more,
});
