import type { LogRequest, LogStreamName } from '../../../api/views/log-event.ts';
import { validJobKey } from '../../jobs/job-key.ts';

type Read = LogRequest | { readonly problem: string };

/** Parses a list such as `0,2-4` into numbers; undefined when it is malformed. */
function numbers(text: string): number[] | undefined {
  const found: number[] = [];
  for (const part of text.split(',')) {
    const [, from, to = from] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part) ?? [];
    if (from === undefined || Number(to) - Number(from) > 10_000) return undefined;
    for (let number = Number(from); number <= Number(to); number++) found.push(number);
  }
  return found;
}

/** Most tasks that one request may name. */
const MOST_IDS = 1_000;

const STREAMS: Readonly<Record<string, readonly LogStreamName[]>> = {
  stdout: ['stdout'],
  stderr: ['stderr'],
  both: ['stdout', 'stderr'],
};

/** Reads the query of `GET /api/view/logs` into a request. */
export function logRequestOfQuery(query: Readonly<Record<string, string>>): Read {
  const {
    dead,
    exclude,
    follow = 'true',
    instances,
    job,
    previous,
    process,
    run,
    since,
    tail = '1000',
    task,
    type,
  } = query;
  const [role, environment, name] = (job ?? '').split('/');
  const lists = { instances: instances && numbers(instances), exclude: exclude && numbers(exclude) };
  for (const [key, text] of Object.entries({ instances, exclude }))
    if (text && !lists[key as 'instances']) return { problem: `${key} is like 0,2-4` };
  if (type !== undefined && !Object.hasOwn(STREAMS, type))
    return { problem: `type is ${Object.keys(STREAMS).join(', ')}` };
  if (tail !== 'all' && !/^\d{1,6}$/.test(tail)) return { problem: 'tail is a number of lines, or all' };
  if (run !== undefined && !/^\d{1,7}$/.test(run)) return { problem: 'run is a number' };
  if (since !== undefined && !/^\d{1,15}$/.test(since))
    return { problem: 'since is in milliseconds since the epoch' };
  return checkedLogRequest({
    job:
      job === undefined ? undefined : { role: role ?? '', environment: environment ?? '', name: name ?? '' },
    tasks: task?.split(',').filter(Boolean),
    instances: lists.instances || undefined,
    exclude: lists.exclude || undefined,
    which: previous === 'true' ? 'previous' : dead === 'true' ? 'dead' : 'live',
    process,
    run: run === undefined ? undefined : Number(run),
    streams: STREAMS[type ?? 'both'],
    tail: tail === 'all' ? undefined : Number(tail),
    sinceMs: since === undefined ? undefined : Number(since),
    follow: follow !== 'false',
  });
}

const isNumbers = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0));
const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isCount = (value: unknown): boolean =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Validates a request from a client, of which nothing is trusted.
 * @returns the request, or what is wrong with it.
 */
export function checkedLogRequest(request: unknown): Read {
  if (!isObject(request)) return { problem: 'the body is an object' };
  const { exclude, instances, job, part, process, resume, run, sinceMs, streams, tail, tasks, which } =
    request;
  if (!isNumbers(instances) || !isNumbers(exclude))
    return { problem: 'instances and exclude are lists of numbers' };
  if (!isText(process)) return { problem: 'process is a name' };
  if (![run, sinceMs, tail].every(isCount)) return { problem: 'run, sinceMs and tail are whole numbers' };
  if (which !== undefined && !['live', 'dead', 'previous'].includes(which as string))
    return { problem: 'which is live, dead or previous' };
  if (
    streams !== undefined &&
    !(Array.isArray(streams) && streams.every((one) => Object.hasOwn(STREAMS, one)))
  )
    return { problem: 'streams are stdout and stderr' };
  if (
    part !== undefined &&
    !(isObject(part) && isCount(part.rest) && isCount(part.of) && Number(part.of) > 0)
  )
    return { problem: 'part is a rest and a divisor' };
  if (resume !== undefined && !isResume(resume)) return { problem: 'resume is what events told' };
  if (tasks !== undefined) {
    const isIds = Array.isArray(tasks) && tasks.every((id) => typeof id === 'string');
    if (!isIds || tasks.length === 0 || tasks.length > MOST_IDS) return { problem: 'tasks are ids' };
    return { ...request, job: undefined } as LogRequest;
  }
  const key = isObject(job) ? validJobKey(job as Record<string, string>) : undefined;
  return key ? ({ ...request, job: key } as LogRequest) : { problem: 'job is role/environment/name' };
}

function isResume(resume: unknown): boolean {
  if (!isObject(resume) || !isObject(resume.tasks) || !isObject(resume.files)) return false;
  if (resume.fromMs === undefined || !isCount(resume.fromMs)) return false;
  const isPosition = (value: unknown) =>
    isObject(value) &&
    isCount(value.offset) &&
    value.offset !== undefined &&
    isText(value.check) &&
    isText(value.generation);
  const { closed, states = {} } = resume;
  return (
    Array.isArray(closed) &&
    isObject(states) &&
    Object.values(states).every(isText) &&
    Object.values(resume.files).every((files) => isObject(files) && Object.values(files).every(isPosition))
  );
}
