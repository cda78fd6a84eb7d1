import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, type ProcessId } from '../../../src/proc/process-id.ts';
import type { Step } from '../../mesos/transcript.ts';
import type { Json } from './reading.ts';
import type { Stage } from './stage.ts';

/** What was recorded did not come, or could not be done. */
export class Mismatch extends Error {}

/** How often we look whether a process is gone. It has been told to end; how long that takes is up to the machine. */
const LOOK_MS = 5;
const MOST_LOOKS = 4_000;

async function gone(processes: readonly ProcessId[]): Promise<void> {
  for (let look = 0; processes.some(isRunning); look++) {
    if (look === MOST_LOOKS) throw new Mismatch(`a process did not end: ${JSON.stringify(processes)}`);
    await pause(LOOK_MS);
  }
}

/** The executor that a connection's name stands for. */
function executorOf(steps: readonly Step[], conn: string): string {
  const subscribe = steps.find(
    (step) =>
      step.conn === conn && step.dir === 'send' && (step.json as Json | undefined)?.type === 'SUBSCRIBE',
  );
  const id = (subscribe?.json as { executor_id?: { value?: string } } | undefined)?.executor_id?.value;
  return id ?? conn.replace(/^exec-?/, '').replace(/[.#].*$/, '') ?? 'ex';
}

/** Does to our processes what happened to the recorded ones. Texts that are only remarks do nothing. */
export async function direct(
  set: Stage,
  steps: readonly Step[],
  step: Step,
  until: <T>(t: number, look: () => T | undefined) => Promise<T | undefined>,
): Promise<void> {
  const text = step.text ?? '';
  const agent = set.cluster.agents[0];
  const end = async (executorId: string, how: number | 'kill') => {
    const ending = await until(step.t, () => set.endExecutor(executorId, how));
    if (!ending) throw new Mismatch(`executor ${executorId} does not run: ${text}`);
    await gone(ending);
  };
  const exit = /^executor exits (?:with status )?(\d+)/.exec(text);
  const killed = /^executor "?([\w-]+)"? gets SIGKILL/.exec(text);
  if (exit && step.conn.startsWith('exec')) await end(executorOf(steps, step.conn), Number(exit[1]));
  else if (killed) await end(killed[1] ?? '', 'kill');
  else if (text === 'agent process gets SIGKILL') await agent?.crash();
  else if (text === 'agent process started again') await agent?.restart();
  else if (text === 'agent process gets SIGSTOP') agent?.freeze();
  else if (text === 'agent process gets SIGCONT') agent?.thaw();
  else if (text === 'agent process gets SIGUSR1') void agent?.leave();
  else if (text === 'a new agent starts with another work directory') await set.addAgent();
  else if (text === 'master process gets SIGKILL') await set.cluster.crashMaster();
  else if (text === 'master process started again') await set.cluster.restartMaster();
}
