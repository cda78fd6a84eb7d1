/**
 * Clients that create, grow and kill jobs without a pause, and keep account of what was acknowledged. Every job has a name
 * of its own, so that what is to be seen of it follows from the acknowledged calls alone. To add an instance is the one
 * call that does harm when it is carried out twice, so it is what an answer "nothing happened" is measured by: it is
 * repeated after that, and the job must then have exactly one more.
 */
import type { Wire } from '../../src/api/index.ts';
import { type Random, randomBelow } from '../../src/base/random.ts';
import type { Answer, SchedulerApi } from './scheduler-api.ts';

const INSTANCES = 2;
const CLIENTS = 4;
/** Each client keeps about this many jobs. */
const JOBS_OF_EACH = 8;
/** One change in so many is an instance more. */
const GROWS_ONE_IN = 3;
const MOST_INSTANCES = 5;
const PAUSE_MS = 10;
const ROLE = 'load';

/** 'there' and 'gone' were acknowledged; anything may be seen of the other two. */
export type JobState = 'creating' | 'there' | 'killing' | 'gone';

export interface ChangingLoad {
  /** Every job that ever was, by name. */
  readonly jobs: ReadonlyMap<string, JobState>;
  /** How many instances a job has when it is there; two numbers while one is being added or nobody knows whether it was. */
  instances(name: string): readonly number[];
  acknowledged(): number;
  /** Resolves when a call that is begun after this moment has been acknowledged. */
  nextAcknowledgement(): Promise<void>;
  /** Lets the clients finish what they have begun. @throws Error what a client met that it should not have. */
  stop(): Promise<void>;
}

const keyOf = (name: string) => ({ role: ROLE, environment: 'prod', name });

const configOf = (name: string): Wire<'TaskConfig'> => ({
  job: keyOf(name),
  owner: { user: 'tester' },
  isService: true,
  maxTaskFailures: 1,
  priority: 0,
  production: false,
  tier: 'preemptible',
  executorConfig: { name: 'AuroraExecutor', data: '{}' },
  resources: [{ numCpus: 0.01 }, { ramMb: 1 }, { diskMb: 1 }],
});

const texts = ({ response }: Answer): string =>
  `${response.responseCode} ${response.details?.map(({ message }) => message).join()}`;

export function changingLoad(api: SchedulerApi, random: Random): ChangingLoad {
  const jobs = new Map<string, JobState>();
  const sizes = new Map<string, readonly number[]>();
  const waiting: { readonly since: number; readonly resolve: () => void }[] = [];
  let begun = 0;
  let acknowledged = 0;
  let stopped = false;

  const confirmed = (number: number) => {
    acknowledged++;
    for (const one of waiting.splice(0)) number > one.since ? one.resolve() : waiting.push(one);
  };
  const create = async (name: string) => {
    const number = ++begun;
    jobs.set(name, 'creating');
    const answer = await api.call('createJob', {
      description: {
        key: keyOf(name),
        owner: { user: 'tester' },
        instanceCount: INSTANCES,
        taskConfig: configOf(name),
      },
    });
    const isThere = answer.repeated && /already exists/.test(texts(answer));
    if (answer.response.responseCode !== 'OK' && !isThere)
      throw new Error(`createJob ${name}: ${texts(answer)}`);
    jobs.set(name, 'there');
    confirmed(number);
  };
  const sizeOf = (name: string): readonly number[] => sizes.get(name) ?? [INSTANCES];
  const add = async (name: string) => {
    const number = ++begun;
    const before = sizeOf(name);
    const after = before.map((size) => size + 1);
    sizes.set(name, [...new Set([...before, ...after])]);
    const key = { jobKey: keyOf(name), instanceId: 0 };
    const response = await api.callOnce('addInstances', { key, count: 1 });
    if (response && response.responseCode !== 'OK')
      throw new Error(`addInstances ${name}: ${texts({ response, repeated: false })}`);
    if (!response) return;
    sizes.set(name, after);
    confirmed(number);
  };
  const kill = async (name: string) => {
    const number = ++begun;
    jobs.set(name, 'killing');
    const answer = await api.call('killTasks', { job: keyOf(name), message: 'enough' });
    if (answer.response.responseCode !== 'OK') throw new Error(`killTasks ${name}: ${texts(answer)}`);
    jobs.set(name, 'gone');
    confirmed(number);
  };
  const client = async (id: number) => {
    const own: string[] = [];
    for (let count = 0; !stopped; count++) {
      const grown = own[randomBelow(random, GROWS_ONE_IN * own.length)];
      if (grown !== undefined && Math.max(...sizeOf(grown)) < MOST_INSTANCES) await add(grown);
      else if (own.length > 0 && randomBelow(random, 2 * JOBS_OF_EACH) < own.length)
        await kill(own.splice(randomBelow(random, own.length), 1)[0] as string);
      else {
        const name = `job-${id}-${count}`;
        await create(name);
        own.push(name);
      }
      await new Promise((next) => setTimeout(next, PAUSE_MS));
    }
  };
  let failure: unknown;
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, id) => client(id))).catch((error) => {
    failure = error;
    stopped = true;
    for (const one of waiting.splice(0)) one.resolve();
  });

  return {
    jobs,
    instances: sizeOf,
    acknowledged: () => acknowledged,
    nextAcknowledgement: () =>
      failure ? Promise.reject(failure) : new Promise((resolve) => waiting.push({ since: begun, resolve })),
    async stop() {
      stopped = true;
      await clients;
      if (failure) throw failure;
    },
  };
}
