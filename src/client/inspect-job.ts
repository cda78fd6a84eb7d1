import { wireForm } from '../dsl/convert/wire-form.ts';
import { jobText } from './inspect-text.ts';
import { type ConfigFlags, type JobOfFile, loadJob } from './job-config.ts';
import type { ClusterJobKey } from './job-key.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';

/**
 * The output formats: `raw` is what the scheduler would get, `json` is the job in the terms of the configuration
 * language, and `converted` is everything that is derived from it, as one JSON object.
 */
export type InspectForm = 'text' | 'json' | 'raw' | 'converted';

interface Inspection {
  readonly form: InspectForm;
  readonly config: ConfigFlags;
  /** Contact no server: tier and production stay as in the file, and digests of images are zeros. */
  readonly offline: boolean;
}

/** Prints a job of a file as the scheduler would get it. */
export async function inspectJob(
  session: Session,
  job: ClusterJobKey,
  file: string,
  { form, config, offline }: Inspection,
): Promise<void> {
  const connect = () => schedulerOf(session, job.cluster);
  const converted = await loadJob(session, offline ? undefined : connect, job, file, config, true);
  session.give?.(offline || form === 'raw' ? convertedForm(converted) : wireForm('Job', converted.job));
  if (form === 'json') {
    session.print(`${JSON.stringify(wireForm('Job', converted.job))}\n`);
  } else if (form === 'converted') {
    session.print(`${jsonText(convertedForm(converted))}\n`);
  } else if (form === 'raw') {
    const { taskConfig, ...rest } = converted.jobConfiguration;
    session.print(`JobConfiguration ${jsonText(rest)}\nTaskConfig ${jsonText(taskConfig)}\n`);
  } else {
    session.print(jobText(converted.job));
  }
}

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item), 2);

/** Everything that is derived from the job, with the executor's data parsed and in a field of its own. */
function convertedForm({ source, ports, jobConfiguration, executorData, updateSettings }: JobOfFile) {
  const { cluster, role, environment, name } = source;
  const { taskConfig, ...rest } = jobConfiguration;
  const executorConfig = executorData
    ? { name: taskConfig?.executorConfig?.name }
    : taskConfig?.executorConfig;
  return {
    cluster,
    role,
    environment,
    name,
    ports,
    jobConfiguration: { ...rest, taskConfig: { ...taskConfig, executorConfig } },
    executorData,
    updateSettings,
  };
}
