import { wireForm } from '../dsl/convert/wire-form.ts';
import { jobText } from './inspect-text.ts';
import { type ConfigFlags, loadJob } from './job-config.ts';
import type { ClusterJobKey } from './job-key.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** `raw` is what the scheduler would get, `json` the job in the words of the configuration. */
export type InspectForm = 'text' | 'json' | 'raw';

/** Prints a job of a file as the scheduler would get it. */
export async function inspectJob(
  session: Session,
  job: ClusterJobKey,
  file: string,
  { form, config }: { readonly form: InspectForm; readonly config: ConfigFlags },
): Promise<void> {
  const connect = () => schedulerOf(session, job.cluster);
  const converted = await loadJob(session, connect, job, file, config, true);
  if (form === 'json') {
    session.print(`${JSON.stringify(wireForm('Job', converted.job))}\n`);
  } else if (form === 'raw') {
    const { taskConfig, ...rest } = converted.jobConfiguration;
    session.print(`JobConfiguration ${jsonText(rest)}\nTaskConfig ${jsonText(taskConfig)}\n`);
  } else {
    session.print(jobText(converted.job));
  }
}

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item), 2);
