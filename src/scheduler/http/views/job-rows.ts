import type { JobConfiguration, JobKey } from '../../../api/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { turns, yieldTurn } from '../../../base/turns.ts';
import type { StateEvent, StateEvents } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { Tiers } from '../../tiers.ts';
import { type KeptRow, makeRow } from './job-row.ts';
import { type RoleJobs, roleJobs, type WriteRoleJobs } from './role-jobs.ts';

interface JobRowsSettings {
  readonly clock: Clock;
  readonly events: StateEvents;
  readonly storage: Pick<Storage, 'read'>;
  readonly tiers: Tiers;
}

/**
 * The rows of all jobs. Each is made from the job's tasks when it is first asked for, and again when one of them has
 * changed: a read costs what has changed since the one before. All reads pause now and then, so that other work gets its turn.
 */
export interface JobRows {
  of(key: JobKey): KeptRow | undefined;
  ofRole(role: string): Promise<readonly KeptRow[]>;
  /** The roles that have jobs. What is returned changes with the jobs, so it is for reading at once. */
  roles(): Promise<readonly RoleJobs[]>;
}

/** The jobs whose row may be different after this event. */
function* jobsOf(event: StateEvent): Generator<JobKey> {
  if (event.kind === 'taskStateChanged') yield event.task.assignedTask.task.job;
  else if (event.kind === 'tasksDeleted')
    for (const { assignedTask } of event.tasks) yield assignedTask.task.job;
  else if (event.kind === 'updateChanged') yield event.key.job;
  else if (event.kind === 'cronRunDecided') yield event.job;
}

type Turn = () => Promise<void> | undefined;

/** With more changed jobs than this that nobody asks for, all rows are forgotten. */
const MOST_CHANGED = 50_000;
/** How many keys are collected between two looks at the clock. */
const KEYS_BETWEEN_LOOKS = 256;

/**
 * Creates the cache. It follows the events for as long as the scheduler lives and holds a row for each job of the roles
 * that were asked for.
 */
export function jobRows({ clock, events, storage, tiers }: JobRowsSettings): JobRows {
  const roles = new Map<string, WriteRoleJobs>();
  /** Whether every job of every role has a row or is marked as changed. */
  let isWhole = false;
  /** Making it whole takes several turns; who asks meanwhile waits for the same. */
  let filling: Promise<void> | undefined;
  /** How many jobs are marked as changed. */
  let marked = 0;
  /** How many reads are under way. */
  let reading = 0;
  /**
   * The templates that rows were made from, and all others as of this version of their store: they change without an
   * event.
   */
  const templates = new Map<string, JobConfiguration>();
  let templatesVersion = -1;

  /** Texts of stored keys, which are shared objects: making ten thousand texts costs more than all the rest. */
  const texts = new WeakMap<JobKey, string>();
  const textOf = (key: JobKey): string => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const text = jobKeyText(key);
    texts.set(key, text);
    return text;
  };
  const roleOf = (role: string): WriteRoleJobs => {
    const known = roles.get(role);
    if (known) return known;
    const made = roleJobs(role);
    roles.set(role, made);
    return made;
  };
  const markIn = ({ changed }: WriteRoleJobs, text: string, key: JobKey) => {
    if (!changed.has(text)) marked++;
    changed.set(text, key);
  };
  const mark = (key: JobKey) => {
    const text = textOf(key);
    const jobs = isWhole ? roleOf(key.role) : roles.get(key.role);
    // Of a role that nobody has asked for, only the rows that are there matter.
    if (jobs && (jobs.isWhole || isWhole || jobs.rows.has(text))) markIn(jobs, text, key);
  };
  const forget = () => {
    roles.clear();
    templates.clear();
    templatesVersion = -1;
    isWhole = false;
    marked = 0;
  };
  events.subscribe((event) => {
    // Every change of every task arrives here, and mostly nobody looks at the page.
    if (roles.size === 0 && !isWhole) return;
    for (const key of jobsOf(event)) mark(key);
    if (marked > MOST_CHANGED && reading === 0) forget();
  });

  const make = (key: JobKey): KeptRow | undefined =>
    storage.read((stores) => {
      const row = makeRow(stores, key, tiers);
      const template = stores.cronJobs.get(key);
      // A job that does not exist gets no role, because its name may be anything.
      const jobs = row ? roleOf(key.role) : roles.get(key.role);
      const text = textOf(key);
      if (template) templates.set(text, template);
      else templates.delete(text);
      jobs?.put(text, row);
      if (jobs?.changed.delete(text)) marked--;
      return row;
    });
  const refresh = async (jobs: WriteRoleJobs, turn: Turn) => {
    // A copy, so that it ends: what changes meanwhile is for the next one.
    for (const [text, key] of [...jobs.changed]) {
      if (jobs.changed.has(text)) make(key);
      const pause = turn();
      if (pause) await pause;
    }
  };
  /** Marks the jobs whose templates are others than before. */
  const followTemplates = () =>
    storage.read(({ cronJobs }) => {
      const version = cronJobs.version();
      if (version === templatesVersion) return;
      templatesVersion = version;
      const gone = new Map(templates);
      for (const job of cronJobs.all()) {
        const text = textOf(job.key);
        gone.delete(text);
        if (templates.get(text) === job) continue;
        templates.set(text, job);
        mark(job.key);
      }
      for (const [text, { key }] of gone) {
        templates.delete(text);
        mark(key);
      }
    });
  const fill = async (turn: Turn) => {
    const keys = storage.read(({ cronJobs, tasks }) => [
      ...Array.from(cronJobs.all(), ({ key }) => key),
      ...tasks.jobs(),
    ]);
    // From here on events mark every job.
    isWhole = true;
    // Ten thousand keys are a piece of work of their own.
    await yieldTurn();
    for (const [at, key] of keys.entries()) {
      const jobs = roleOf(key.role);
      if (!jobs.isWhole) markIn(jobs, textOf(key), key);
      const pause = at % KEYS_BETWEEN_LOOKS === 0 ? turn() : undefined;
      if (pause) await pause;
    }
  };
  const dropEmpty = (jobs: WriteRoleJobs) => {
    const isEmpty = jobs.rows.size === 0 && jobs.changed.size === 0;
    // Another read may have dropped it already, and its name may have been given again since.
    if (isEmpty && roles.get(jobs.role) === jobs) roles.delete(jobs.role);
  };
  const whileReading = async <T>(read: () => Promise<T>): Promise<T> => {
    reading++;
    try {
      return await read();
    } finally {
      reading--;
    }
  };

  return {
    of(key) {
      const text = jobKeyText(key);
      const jobs = roles.get(key.role);
      const row = jobs?.rows.get(text);
      const template = storage.read(({ cronJobs }) => cronJobs.get(key));
      if (row && !jobs?.changed.has(text) && templates.get(text) === template) return row;
      return make(key);
    },
    ofRole: (role) =>
      whileReading(async () => {
        await filling;
        followTemplates();
        const known = roles.get(role);
        if (isWhole && !known) return [];
        const jobs = known ?? roleJobs(role);
        if (!jobs.isWhole && !isWhole) {
          roles.set(role, jobs);
          jobs.isWhole = true;
          storage.read(({ cronJobs, tasks }) => {
            for (const { key } of cronJobs.ofRole(role)) markIn(jobs, textOf(key), key);
            for (const key of tasks.jobsOfRole(role)) markIn(jobs, textOf(key), key);
          });
        }
        await refresh(jobs, turns(clock));
        dropEmpty(jobs);
        return jobs.list();
      }),
    roles: () =>
      whileReading(async () => {
        const turn = turns(clock);
        if (!isWhole)
          filling = fill(turn).finally(() => {
            filling = undefined;
          });
        await filling;
        followTemplates();
        const all = [...roles.values()];
        for (const jobs of all) {
          await refresh(jobs, turn);
          dropEmpty(jobs);
        }
        return all.filter(({ rows }) => rows.size > 0);
      }),
  };
}
