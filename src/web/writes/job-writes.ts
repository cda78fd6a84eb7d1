import { countText } from '../text/amounts.ts';
import { parseRanges, rangesText } from '../text/ranges.ts';
import {
  type Answers,
  type Asked,
  MESSAGE,
  messageArg,
  messageFlag,
  type Write,
  type WriteField,
} from './write.ts';

/** What a write must know of a job. */
export interface WrittenJob {
  readonly cluster: string;
  /** `role/environment/name`. */
  readonly job: string;
  /** Ids of the active instances that are known. */
  readonly ids: readonly number[];
  /** True when only some of the ids are known; texts then do not speak of the whole job. */
  readonly isPart?: boolean;
}

/** A larger share of a job than this must be restarted in batches. */
const MOST_AT_ONCE = 0.1;

const keyOf = (job: string) => {
  const [role = '', environment = '', name = ''] = job.split('/');
  return { role, environment, name };
};

const instancesField = (value: string): WriteField => ({
  name: 'instances',
  label: 'Instances',
  value,
  hint: 'such as 0-4,7',
});

type Chosen = { readonly ids: readonly number[]; readonly ranges: string } | { readonly problem: string };

function chosenIds({ instances = '' }: Answers, ids: readonly number[]): Chosen {
  const asked = parseRanges(instances);
  if (instances.trim() === '' || !asked) return { problem: 'Say which instances, such as 0-4,7.' };
  const known = new Set(ids);
  const unknown = asked.filter((id) => !known.has(id));
  if (unknown.length > 0)
    return {
      problem: `${unknown.length === 1 ? 'Instance' : 'Instances'} ${rangesText(unknown)} is not active.`,
    };
  return { ids: asked, ranges: rangesText(asked) };
}

/** Restarts instances. */
export function restartWrite(
  { cluster, ids, isPart = false, job }: WrittenJob,
  instances = rangesText(ids),
): Write {
  return {
    call: 'restartShards',
    verb: 'Restart',
    title: `Restart ${job}`,
    stops: true,
    fields: [instancesField(instances)],
    ask(answers): Asked | { readonly problem: string } {
      const chosen = chosenIds(answers, ids);
      if ('problem' in chosen) return chosen;
      const { ids: shardIds, ranges } = chosen;
      const inBatches = shardIds.length > Math.max(1, ids.length * MOST_AT_ONCE);
      return {
        effect: isPart
          ? `Instance ${ranges} stops and starts again.`
          : `${countText(shardIds.length, 'instance')} of ${ids.length} stop and start again${shardIds.length === 1 ? '' : ', all at the same time'}.`,
        command: `aurora job restart ${cluster}/${job}${shardIds.length === ids.length && !isPart ? '' : `/${ranges}`}`,
        args: { job: keyOf(job), shardIds },
        ...(inBatches
          ? {
              instead:
                'More than a tenth of the job would be down at once. The command restarts them in batches.',
            }
          : {}),
      };
    },
  };
}

/** Stops instances for good; killing all of them ends the job. */
export function killWrite({ cluster, ids, isPart = false, job }: WrittenJob, instances = ''): Write {
  return {
    call: 'killTasks',
    verb: 'Kill',
    title: `Kill instances of ${job}`,
    stops: true,
    fields: [
      {
        ...instancesField(instances),
        hint: isPart ? 'such as 0-4,7' : `such as 0-4,7; all of them: ${rangesText(ids)}`,
      },
      MESSAGE,
    ],
    ask(answers) {
      const chosen = chosenIds(answers, ids);
      if ('problem' in chosen) return chosen;
      const { ids: killed, ranges } = chosen;
      const key = `${cluster}/${job}`;
      const isAll = killed.length === ids.length && !isPart;
      return {
        effect: isPart
          ? `Instance ${ranges} stops and does not come back.`
          : isAll
            ? `All ${countText(killed.length, 'instance')} stop, and the job is gone until it is created again.`
            : `${countText(killed.length, 'instance')} of ${ids.length} stop and do not come back; ${ids.length - killed.length} go on.`,
        command: `${isAll ? `aurora job killall ${key}` : `aurora job kill ${key}/${ranges}`}${messageFlag(answers)}`,
        // Always send the ids that the reader saw; instances added meanwhile are not meant.
        args: { job: keyOf(job), instances: killed, ...messageArg(answers) },
        ...(isAll ? { type: job } : {}),
      };
    },
  };
}

/** Adds instances with the configuration of an existing one. */
export function addWrite({ cluster, ids, job }: WrittenJob): Write {
  const like = ids[0] ?? 0;
  return {
    call: 'addInstances',
    verb: 'Add instances',
    title: `Add instances to ${job}`,
    fields: [
      { name: 'count', label: 'How many', value: '1' },
      { name: 'like', label: 'Like instance', value: String(like), hint: 'they get its configuration' },
    ],
    ask({ count = '', like: of = '' }) {
      if (!/^[1-9]\d{0,5}$/.test(count.trim())) return { problem: 'Say how many, 1 or more.' };
      const instanceId = Number(of);
      if (!ids.includes(instanceId)) return { problem: `Instance ${of || '""'} is not active.` };
      return {
        effect: `${countText(Number(count), 'instance')} like ${instanceId}, ${ids.length} + ${Number(count)} = ${ids.length + Number(count)} in all.`,
        command: `aurora job add ${cluster}/${job}/${instanceId} ${Number(count)}`,
        args: { key: { jobKey: keyOf(job), instanceId }, count: Number(count) },
      };
    },
  };
}

/** Starts a run of a cron job outside its schedule. */
export const cronStartWrite = (cluster: string, job: string, running: number, collision: string): Write => ({
  call: 'startCronJob',
  verb: 'Run now',
  title: `Run ${job} now`,
  ask: () => ({
    effect:
      running === 0
        ? 'A run starts at once; the schedule goes on as it is.'
        : collision === 'CANCEL_NEW'
          ? `${countText(running, 'task')} of the last run still work, so the new run is cancelled.`
          : `${countText(running, 'task')} of the last run still work; ${collision === 'RUN_OVERLAP' ? 'they go on beside the new ones' : 'they are killed first'}.`,
    command: `aurora cron start ${cluster}/${job}`,
    args: { job: keyOf(job) },
  }),
});

/** Removes a cron job's schedule; a run in progress goes on to its end. */
export const descheduleWrite = (cluster: string, job: string): Write => ({
  call: 'descheduleCronJob',
  verb: 'Deschedule',
  title: `Deschedule ${job}`,
  stops: true,
  ask: () => ({
    effect: 'It never runs again until it is scheduled from its file. A run that goes on is left alone.',
    command: `aurora cron deschedule ${cluster}/${job}`,
    args: { job: keyOf(job) },
    type: job,
  }),
});
