/**
 * Reads the recorded conversations in test/golden/mesos and sorts their steps into connections and exchanges.
 * The format is described in test/golden/mesos/README.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type MessageName, toJson } from '../../src/mesos/index.ts';
import { planOf } from '../../src/mesos/messages/plan.ts';

/** One step as it stands in the file. */
export interface Step {
  readonly t: number;
  readonly dir: 'send' | 'recv' | 'ctl';
  readonly conn: string;
  readonly what: 'head' | 'body' | 'record' | 'bytes' | 'close' | 'event' | 'env' | 'file' | 'tree';
  readonly start?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly len?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
  readonly raw?: string;
  readonly chunks?: readonly number[];
  readonly lastChunk?: boolean;
  readonly trimmed?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodes?: readonly Readonly<Record<string, unknown>>[];
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly contentType: string;
  readonly facts: readonly string[];
  readonly steps: readonly Step[];
}

/** A request and what came back for it on one connection. */
export interface Exchange {
  readonly conn: string;
  /** Position of the request's head among the scenario's steps. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: ReadonlyMap<string, string>;
  readonly requestBody: Step | undefined;
  /** Undefined when no answer was recorded. */
  readonly status: number | undefined;
  readonly responseHead: Step | undefined;
  readonly responseBody: Step | undefined;
  /** Records of a stream, in order, each with its position among the scenario's steps. */
  readonly records: readonly { readonly at: number; readonly step: Step }[];
  /** How the answer ended: by itself, by the server's last chunk or close, by the client's close, not at all. */
  readonly end: 'complete' | 'last-chunk' | 'server-close' | 'client-close' | 'open';
  readonly endAt: number;
}

const FOLDER = new URL('../golden/mesos/scenarios/', import.meta.url);

/** All recorded scenarios in order of their names. */
export const scenarios = (): Scenario[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map(
      (file) =>
        ({
          ...JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
          id: file.replace(/\.json$/, ''),
        }) as Scenario,
    );

const headersOf = (step: Step | undefined): ReadonlyMap<string, string> =>
  new Map((step?.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));

function exchangeAt(steps: readonly Step[], at: number): Exchange {
  const head = steps[at] as Step;
  const [method = '', path = ''] = (head.start as string).split(' ');
  const later = steps.map((step, index) => ({ step, at: index })).slice(at + 1);
  const own = later.filter(({ step }) => step.conn === head.conn);
  const nextHead = own.findIndex(({ step }) => step.dir === 'send' && step.what === 'head');
  const mine = nextHead < 0 ? own : own.slice(0, nextHead);
  const find = (dir: string, what: string) => mine.find(({ step }) => step.dir === dir && step.what === what);
  const responseHead = find('recv', 'head')?.step;
  const records = mine.filter(({ step }) => step.what === 'record');
  const lastChunk = mine.find(({ step }) => step.lastChunk === true);
  const close = mine.find(({ step }) => step.what === 'close');
  const isStream =
    headersOf(responseHead).get('transfer-encoding') === 'chunked' && responseHead !== undefined;
  const closedBy = close?.step.dir === 'send' ? ('client-close' as const) : ('server-close' as const);
  let end: Exchange['end'] = isStream ? 'open' : 'complete';
  if (isStream && close) end = closedBy;
  if (isStream && lastChunk) end = 'last-chunk';
  return {
    conn: head.conn,
    at,
    method,
    path,
    requestHeaders: headersOf(head),
    requestBody: find('send', 'body')?.step,
    status: responseHead ? Number(responseHead.start?.split(' ')[1]) : undefined,
    responseHead,
    responseBody: mine.find(({ step }) => step.dir === 'recv' && step.what === 'body')?.step,
    records,
    end,
    endAt: (lastChunk ?? close)?.at ?? steps.length,
  };
}

/** Every request of a scenario in order of time. */
export const exchangesOf = (scenario: Scenario): Exchange[] =>
  scenario.steps.flatMap((step, at) =>
    step.dir === 'send' && step.what === 'head' ? [exchangeAt(scenario.steps, at)] : [],
  );

/** What the exchange's request and records are, by its path; undefined for operator requests. */
export function apiOf(exchange: Exchange): { call: MessageName; event: MessageName } | undefined {
  if (/\/api\/v1\/scheduler\/?$/.test(exchange.path))
    return { call: 'SchedulerCall', event: 'SchedulerEvent' };
  if (/\/api\/v1\/executor$/.test(exchange.path)) return { call: 'ExecutorCall', event: 'ExecutorEvent' };
  return undefined;
}

/**
 * The bytes of a body or record. JSON of a known message is written as Mesos wrote it, so that lengths are the recorded
 * ones (JSON.parse loses the fraction of `15.0`).
 */
export function bytesOf(step: Step, name?: MessageName): Buffer {
  if (step.base64 !== undefined) return Buffer.from(step.base64, 'base64');
  if (step.raw !== undefined) return Buffer.from(step.raw);
  if (step.text !== undefined) return Buffer.from(step.text);
  if (step.json === undefined) return Buffer.alloc(0);
  return Buffer.from(name ? toJson(name, step.json as never) : JSON.stringify(step.json));
}

/** A message as the transcripts show it, with the 64 bit integers of protobuf, which stand there as text, as numbers. */
export function withNumbers(name: MessageName, value: unknown): unknown {
  const one = (type: string, kind: string, item: unknown) => {
    if (kind === 'message') return withNumbers(type as MessageName, item);
    return type === 'int64' || type === 'uint64' ? Number(item) : item;
  };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([member, item]) => {
      const field = planOf(name).byName.get(member);
      if (!field || field.rule === 'map') return [member, item];
      if (Array.isArray(item)) return [member, item.map((each) => one(field.type, field.kind, each))];
      return [member, one(field.type, field.kind, item)];
    }),
  );
}
