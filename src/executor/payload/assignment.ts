import { decodeStruct } from '../../api/binary/decode.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';

/** What the scheduler says about a task; the job's own configuration is in `executorData`. */
export interface Assignment {
  readonly taskId: string;
  readonly instance: number;
  /** Host name of the agent. */
  readonly hostname: string;
  readonly role: string;
  readonly environment: string;
  readonly job: string;
  /** The job's configuration as JSON text; see api/thermos/instance.ts. */
  readonly executorData: string | undefined;
  readonly assignedPorts: Readonly<Record<string, number>>;
  readonly container: 'none' | 'docker' | 'image';
  /** Container paths of the volumes that the agent mounted; used only for an image. */
  readonly volumes: readonly string[];
}

const missing = (what: string) => new AuroraError('EXECUTOR', `the task has no ${what}`);

/**
 * Reads `TaskInfo.data`: a thrift AssignedTask in binary encoding.
 * @param base64 the data as the JSON form of TaskInfo has it
 * @param volumes container paths from ExecutorInfo
 * @throws AuroraError EXECUTOR when the data is cut short, malformed or lacks what is needed to run the task
 */
export function decodeAssignment(base64: string | undefined, volumes: readonly string[] = []): Assignment {
  if (!base64) throw missing('data');
  let assigned: ReturnType<typeof decodeStruct<'AssignedTask'>>;
  try {
    assigned = decodeStruct('AssignedTask', Buffer.from(base64, 'base64'));
  } catch (error) {
    throw new AuroraError('EXECUTOR', `the task's data cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const { taskId, task, instanceId = 0, slaveHost = '', assignedPorts = {} } = assigned;
  if (!taskId) throw missing('id');
  if (!task?.job?.role) throw missing('job key');
  const { container } = task;
  return {
    taskId,
    instance: instanceId,
    hostname: slaveHost,
    role: task.job.role,
    environment: task.job.environment ?? '',
    job: task.job.name ?? '',
    executorData: task.executorConfig?.data,
    assignedPorts,
    container: container?.docker ? 'docker' : container?.mesos?.image ? 'image' : 'none',
    volumes,
  };
}
