import type { TaskConfig } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import {
  eachElement,
  fieldHead,
  type LeaveOut,
  leaveOutUnknown,
  readSnapshot,
  type Take,
  wholeValue,
} from './backup-reader.ts';
import type { ByteWindow } from './byte-window.ts';
import { storedConfigs } from './stored-config.ts';
import { joinTask, type SplitTask, splitTask } from './stored-task.ts';
import { fieldsOf } from './thrift-ranges.ts';

/** Ids of DeduplicatedSnapshot and DeduplicatedScheduledTask. Source: the original's storage.thrift. */
const WHOLE = { partialSnapshot: 1, partialTasks: 2, taskConfigs: 3 } as const;
const TASK = { partialScheduledTask: 1, taskConfigId: 2 } as const;

interface PartialTask {
  readonly task: SplitTask;
  readonly configId: number;
}

function partialTask(bytes: Buffer): PartialTask & { readonly scheduled: Buffer } {
  const fields = fieldsOf(bytes, 0);
  const task = fields.find(({ id }) => id === TASK.partialScheduledTask);
  const configId = fields.find(({ id }) => id === TASK.taskConfigId);
  if (!task || !configId) throw new AuroraError('CODEC', 'a deduplicated task without its parts');
  return {
    task: splitTask(bytes, task.value),
    scheduled: bytes.subarray(task.value, task.end),
    configId: bytes.readInt32BE(configId.value),
  };
}

/**
 * Reads a deduplicated snapshot, in which equal configurations are stored once; the original's log has this form.
 * @throws AuroraError CODEC
 */
export async function readDeduplicated(window: ByteWindow, take: Take, leaveOut?: LeaveOut): Promise<void> {
  const configOf = storedConfigs();
  const configs: TaskConfig[] = [];
  const tasks: PartialTask[] = [];
  for (;;) {
    const { type, id } = await fieldHead(window);
    if (type === 0) break;
    if (id === WHOLE.partialSnapshot) await readSnapshot(window, configOf, take, leaveOut);
    else if (id === WHOLE.partialTasks)
      await eachElement(window, (bytes) => {
        const { task, scheduled, configId } = partialTask(bytes);
        leaveOutUnknown('ScheduledTask', scheduled, leaveOut);
        tasks.push({ task, configId });
      });
    else if (id === WHOLE.taskConfigs)
      await eachElement(window, (bytes) => {
        leaveOutUnknown('TaskConfig', bytes, leaveOut);
        configs.push(configOf(bytes));
      });
    else {
      await wholeValue(window, type);
      leaveOut?.(`DeduplicatedSnapshot.field ${id}`);
    }
  }
  for (const { task, configId } of tasks) {
    const config = configs[configId];
    if (!config)
      throw new AuroraError('CODEC', `a task refers to configuration ${configId}, which is missing`);
    take({ kind: 'task', task: joinTask(task, config) });
  }
}
