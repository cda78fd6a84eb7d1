import { type ExecutorInfo, tellListBytes, toJson } from '../../mesos/index.ts';
import type { Pool } from './resources/pool.ts';
import { uncounted } from './uncounted-memory.ts';

export interface MasterExecutor {
  readonly frameworkId: string;
  readonly info: ExecutorInfo;
  readonly pool: Pool;
}

/** The executors of one agent. An executor id is unique for a framework on an agent. */
export interface ExecutorTable {
  get(frameworkId: string, executorId: string): MasterExecutor | undefined;
  add(executor: MasterExecutor): void;
  remove(executor: MasterExecutor): void;
  values(): MasterExecutor[];
  ofFramework(frameworkId: string): Iterable<MasterExecutor>;
  /** The ids of the framework's executors, which every offer of the agent names; valid until the next change. */
  idsOf(frameworkId: string): readonly ExecutorId[];
}

type ExecutorId = ExecutorInfo['executor_id'];

/**
 * Ids with the JSON of them all, which is the larger part of an agent's offers. What is added is added to it; after a removal
 * it is filled anew, in the same memory, when somebody asks.
 */
interface IdList {
  readonly ids: ExecutorId[];
  /** UTF-8; has room for more behind `length`. */
  json: Buffer;
  length: number;
  /** Whether an executor was removed since it was filled. */
  isStale: boolean;
}

const FIRST_BYTES = 256;

/** The executors of one framework. */
interface Own {
  readonly executors: Map<string, MasterExecutor>;
  list: IdList | undefined;
}

function append(list: IdList, id: ExecutorId): void {
  const text = (list.length === 0 ? '' : ',') + toJson('ExecutorID', id);
  const end = list.length + Buffer.byteLength(text);
  if (end > list.json.length) {
    const larger = uncounted(Math.max(FIRST_BYTES, 2 * end));
    list.json.copy(larger, 0, 0, list.length);
    list.json = larger;
  }
  list.ids.push(id);
  list.json.write(text, list.length);
  list.length = end;
}

function emptyList(): IdList {
  const list: IdList = { ids: [], json: Buffer.alloc(0), length: 0, isStale: true };
  tellListBytes(list.ids, () => list.json.subarray(0, list.length));
  return list;
}

function fill(list: IdList, executors: Iterable<MasterExecutor>): void {
  list.ids.length = 0;
  list.length = 0;
  for (const { info } of executors) append(list, info.executor_id);
  list.isStale = false;
}

export function executorTable(): ExecutorTable {
  const byFramework = new Map<string, Own>();
  const begin = (frameworkId: string): Own => {
    const own: Own = { executors: new Map(), list: undefined };
    byFramework.set(frameworkId, own);
    return own;
  };
  return {
    get: (frameworkId, executorId) => byFramework.get(frameworkId)?.executors.get(executorId),
    add(executor) {
      const { frameworkId, info } = executor;
      const own = byFramework.get(frameworkId) ?? begin(frameworkId);
      const isNew = !own.executors.has(info.executor_id.value);
      own.executors.set(info.executor_id.value, executor);
      if (isNew && own.list?.isStale === false) append(own.list, info.executor_id);
    },
    remove({ frameworkId, info }) {
      const own = byFramework.get(frameworkId);
      if (!own?.executors.delete(info.executor_id.value)) return;
      if (own.list) own.list.isStale = true;
      if (own.executors.size === 0) byFramework.delete(frameworkId);
    },
    values: () => [...byFramework.values()].flatMap(({ executors }) => [...executors.values()]),
    ofFramework: (frameworkId) => byFramework.get(frameworkId)?.executors.values() ?? [],
    idsOf(frameworkId) {
      const own = byFramework.get(frameworkId);
      if (!own) return [];
      own.list ??= emptyList();
      if (own.list.isStale) fill(own.list, own.executors.values());
      return own.list.ids;
    },
  };
}
