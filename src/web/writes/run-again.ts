import type { UpdateRow } from '../../api/views/updates.ts';
import { countText } from '../text/amounts.ts';
import { MESSAGE, messageArg, messageFlag, type Write } from './write.ts';

interface InstanceRange {
  readonly first: number;
  readonly last: number;
}

/** The instructions of an earlier update, in the form of the API. */
export interface EarlierUpdate {
  readonly desiredState?: { readonly task?: object; readonly instances?: readonly InstanceRange[] };
  readonly settings?: Readonly<Record<string, unknown>>;
}

type Groups = readonly { readonly instances?: readonly InstanceRange[] }[];

/** The scheduler's answer about what an update would change. */
export interface ChangedInstances {
  readonly add?: Groups;
  readonly remove?: Groups;
  readonly update?: Groups;
  readonly unchanged?: Groups;
}

const sizeOf = (groups: Groups = []): number =>
  groups.reduce(
    (sum, { instances = [] }) => sum + instances.reduce((all, { first, last }) => all + last - first + 1, 0),
    0,
  );

const parts = ({ add, remove, update }: ChangedInstances): readonly string[] =>
  (
    [
      [sizeOf(update), 'changes', 'change'],
      [sizeOf(add), 'is added', 'are added'],
      [sizeOf(remove), 'is removed', 'are removed'],
    ] as const
  )
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${countText(count, 'instance')} ${count === 1 ? one : many}`);

/** The request that runs an earlier update again; its settings restrict it to the same instances, if any. */
export const requestOf = ({ desiredState, settings }: EarlierUpdate): object => ({
  taskConfig: desiredState?.task,
  instanceCount: 1 + Math.max(-1, ...(desiredState?.instances ?? []).map(({ last }) => last)),
  settings,
});

/** Starts an update to the version that an earlier one brought, with the same settings. */
export function runAgainWrite(
  cluster: string,
  { id, job }: UpdateRow,
  earlier: EarlierUpdate,
  changed: ChangedInstances,
): Write {
  const said = parts(changed);
  return {
    call: 'startJobUpdate',
    verb: 'Start the update',
    title: `Run an earlier version of ${job}`,
    stops: true,
    fields: [{ ...MESSAGE, value: `back to what ${id} brought` }],
    ask: (answers) =>
      said.length === 0
        ? { problem: 'All instances have this version already.' }
        : {
            effect: `${said.join(', ')}, step by step as the settings of that update say.`,
            command: `aurora update start ${cluster}/${job} FILE.aurora.ts${messageFlag(answers)}`,
            args: { request: requestOf(earlier), ...messageArg(answers) },
          },
  };
}
