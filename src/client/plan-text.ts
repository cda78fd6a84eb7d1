import type { Wire } from '../api/index.ts';
import { positionText } from '../dsl/load/source-positions.ts';
import { changesText } from './config-diff-text.ts';
import { durationText } from './duration-text.ts';
import { funnelText } from './funnel-text.ts';
import type { PlanForm } from './plan-form.ts';

const VERBS = { add: 'add', update: 'update', remove: 'remove', keep: 'not change' } as const;

/** Writes `0-2,5` as `[0-2], [5]`. */
const bracketed = (instances: string): string => `[${instances.replaceAll(',', '], [')}]`;

/**
 * A plan for people: which instances and which fields change and where the file sets them, in which batches, and what
 * could prevent the update.
 */
export function planText(plan: PlanForm): string {
  const { groups, batches, activeUpdate, refusals } = plan;
  const isNothing = groups.every(({ action }) => action === 'keep');
  return [
    'This job update will:\n',
    ...groups.map(groupText),
    ...(isNothing
      ? ['Nothing is to be updated.\n']
      : [
          '\n',
          settingsText(plan),
          ...batches.map((batch, at) => batchText(batch, batches.length > 1 ? `batch ${at + 1}: ` : '')),
        ]),
    ...(isNothing ? [] : [forecastText(plan), timeText(plan)]),
    ...(activeUpdate
      ? [
          `An update is active: ${activeUpdate.id}, ${activeUpdate.status}, by ${activeUpdate.user}. It has to end first.\n`,
        ]
      : []),
    ...refusals.map((refusal) => `The scheduler would refuse it now: ${refusal}\n`),
  ].join('');
}

function groupText({ action, instances, changes }: PlanForm['groups'][number]): string {
  const line = `${VERBS[action]} instances: ${bracketed(instances)}\n`;
  if (!changes) return line;
  const places = new Map(
    changes.map(({ field, at }) => [field, at ? positionText(at).replace(/:\d+$/, '') : '']),
  );
  const fields = changes.map(({ field, ...rest }) => ({ path: [], name: field, ...rest }));
  const text = changesText(fields, ({ name }) => places.get(name) ?? '');
  return `${line}${text || '  nothing but the order or the spacing of the executor data\n'}`;
}

function settingsText({ settings }: PlanForm): string {
  const given = settings as Wire<'JobUpdateSettings'>;
  const { queueStrategy, batchStrategy } = given.updateStrategy ?? {};
  const kind = queueStrategy
    ? `${queueStrategy.groupSize ?? 1} at a time, the next when one is done`
    : `${batchStrategy ? `batches of ${batchStrategy.groupSize}` : 'batches of different sizes'}, the next when the whole one is done`;
  const watch = given.minWaitInInstanceRunningMs ?? 0;
  const failures = given.maxFailedInstances ?? 0;
  return [
    `${kind};`,
    watch > 0
      ? `an instance is done after ${durationText(watch)} RUNNING;`
      : 'an instance is done when it is RUNNING;',
    ...(given.instanceStartTimeoutMs
      ? [`one that does not run within ${durationText(given.instanceStartTimeoutMs)} has failed;`]
      : []),
    `${failures === 0 ? 'the first failed instance' : `more than ${failures} failed instances`}`,
    `${given.rollbackOnFailure === false ? 'ends the update as FAILED' : 'takes it back'}${
      given.blockIfNoPulsesAfterMs
        ? `; without a pulse for ${durationText(given.blockIfNoPulsesAfterMs)} it stops`
        : ''
    }\n`,
  ].join(' ');
}

function batchText(batch: PlanForm['batches'][number], name: string): string {
  const parts = (['replace', 'create', 'remove'] as const).flatMap((what) =>
    batch[what] ? [`${what} ${bracketed(batch[what])}`] : [],
  );
  return `  ${name}${parts.join(', ')}${batch.pausesAfter ? ', then pause' : ''}\n`;
}

function forecastText({ forecast }: PlanForm): string {
  if (!forecast) return '';
  const { wanted = 0, fitting = 0, inPlace = 0, funnel } = forecast as Wire<'PlacementForecast'>;
  if (wanted === 0) return '';
  const places = inPlace > 0 ? `, ${inPlace} of them where the old one runs` : '';
  const line = `placement now: ${fitting} of ${wanted} new tasks fit${places}\n`;
  return funnel ? `${line}${funnelText(funnel)}` : line;
}

const timeText = ({ leastMs }: PlanForm): string =>
  leastMs > 0 ? `takes at least ${durationText(leastMs)}\n` : '';
