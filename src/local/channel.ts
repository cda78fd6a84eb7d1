import { fifo } from '../base/fifo.ts';
import type { AgentLink, ConnectAgent, MasterLink } from './link.ts';

/** Runs calls in order on later turns of the event loop. All agents of a master share one queue. */
interface Courier {
  send(call: () => void): void;
}

/** The most calls in one turn, so that sockets get their turn in between. */
const CALLS_A_TURN = 2_000;

export function courier(): Courier {
  const queue = fifo<() => void>();
  let isDue = false;
  const due = () => {
    if (!isDue) setImmediate(carry);
    isDue = true;
  };
  const carry = () => {
    isDue = false;
    // What they send in turn is for later turns. A call that has run is not kept, nor is what it holds.
    let left = Math.min(queue.size, CALLS_A_TURN);
    if (queue.size > left) due();
    for (; left > 0; left--) queue.shift()?.();
  };
  return {
    send(call) {
      queue.push(call);
      due();
    },
  };
}

/** One agent's connection to the master, and what a test or an operator may do to it. */
export interface Channel {
  /** The function that the agent half connects with. */
  readonly connect: ConnectAgent;
  /** Stops all calls in both directions until `thaw`, as if the agent's process got SIGSTOP. */
  freeze(): void;
  thaw(): void;
}

/** One end of a link. */
interface Side {
  left: boolean;
}

type Methods<T> = { readonly [K in keyof T]: (message: never) => void };

/**
 * Connects agents to a master. Calls go through the courier. Nothing reaches a side that has left; the other side is
 * told that it left.
 * @param accept the master's end: takes the link to the agent and returns the one for the agent's calls. Its `close`
 * and the agent's `disconnected` are called at most once
 */
export function channel(through: Courier, accept: ConnectAgent): Channel {
  let frozen: (() => void)[] | undefined;
  const pass = (call: () => void) => {
    if (frozen) frozen.push(call);
    else through.send(call);
  };

  /** Passes calls in order. Calls made before a side leaves still arrive; calls to a side that has left do not. */
  const relay = <T extends Methods<T>>(
    names: readonly (keyof T)[],
    from: Side,
    to: Side,
    target: () => T,
  ): T =>
    Object.fromEntries(
      names.map((name) => [
        name,
        (message: never) => {
          if (!from.left && !to.left) pass(() => !to.left && target()[name](message));
        },
      ]),
    ) as T;

  return {
    connect(agent) {
      const [agentSide, masterSide]: [Side, Side] = [{ left: false }, { left: false }];
      let master: MasterLink;
      const toAgent: AgentLink = {
        ...relay<AgentLink>(AGENT_CALLS, masterSide, agentSide, () => agent),
        disconnected() {
          if (masterSide.left || agentSide.left) return;
          masterSide.left = true;
          pass(() => !agentSide.left && agent.disconnected());
        },
      };
      const toMaster: MasterLink = {
        ...relay<MasterLink>(MASTER_CALLS, agentSide, masterSide, () => master),
        close() {
          if (masterSide.left || agentSide.left) return;
          agentSide.left = true;
          // A killed process closes its connections even if it was stopped.
          through.send(() => !masterSide.left && master.close());
        },
      };
      master = accept(toAgent);
      return toMaster;
    },
    freeze() {
      frozen ??= [];
    },
    thaw() {
      const waiting = frozen ?? [];
      frozen = undefined;
      for (const call of waiting) through.send(call);
    },
  };
}

const AGENT_CALLS: readonly (keyof AgentLink)[] = [
  'registered',
  'reregistered',
  'runTasks',
  'killTask',
  'shutdownExecutor',
  'shutdownFramework',
  'frameworkUpdated',
  'frameworkMessage',
  'acknowledgeUpdate',
  'drain',
  'ping',
  'shutdown',
];

const MASTER_CALLS: readonly (keyof MasterLink)[] = [
  'register',
  'reregister',
  'forwardUpdate',
  'executorTerminated',
  'executorMessage',
  'pong',
  'unregister',
];
