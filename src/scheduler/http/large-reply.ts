import {
  encodeMessage,
  encodePlain,
  encodeStruct,
  encodeTJson,
  lasting,
  type Message,
  type Protocol,
  type Wire,
} from '../../api/index.ts';
import { yieldTurn } from '../../base/turns.ts';
import { LARGE_LIST, makerOf } from './on-demand.ts';
import { type RecentlyEncoded, recentlyEncoded } from './recently-encoded.ts';

type Tasks = readonly Wire<'ScheduledTask'>[];

/** A slice: about a millisecond of work, for encoder and compressor alike. */
const SLICE_TASKS = 100;

/** How a list of tasks is written in one encoding. */
interface ListForm {
  /** What the encoder writes for an empty list; the first place where it stands is that of the tasks. */
  readonly empty: Buffer;
  /** What stands there instead, before the tasks and after them. */
  open(count: number): Buffer;
  readonly close: Buffer;
  /** Between two tasks. */
  readonly between: Buffer | undefined;
  encode(task: Wire<'ScheduledTask'>): Uint8Array;
  /** Tasks of lists whose elements are made on demand, as they were written lately. */
  readonly recent: RecentlyEncoded | undefined;
}

/** So much of each encoding is remembered: about 16,000 tasks. */
const REMEMBERED_BYTES = 8 * 1024 * 1024;
/** A reply with more tasks would drive out everything else, and is not asked for again so soon. */
const MOST_REMEMBERED = 10_000;

/** The tasks of a job share their configuration, and nobody changes it. */
const CONFIGS = { binary: lasting<Uint8Array>('TaskConfig'), json: lasting<string>('TaskConfig') };

const NOTHING = Buffer.alloc(0);
const COMMA = Buffer.from(',');
const STRUCT = 12;

const count32 = (count: number): Buffer => {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(STRUCT);
  bytes.writeInt32BE(count, 1);
  return bytes;
};

/** Field 3 (result) is a struct whose field 3 (scheduleStatusResult) is one whose field 1 (tasks) is a list. */
const BINARY_HEADS = Buffer.from([STRUCT, 0, 3, STRUCT, 0, 3, 15, 0, 1]);

const FORMS: { readonly [P in Protocol | 'plain']: ListForm } = {
  binary: {
    empty: Buffer.concat([BINARY_HEADS, count32(0)]),
    open: (count) => Buffer.concat([BINARY_HEADS, count32(count)]),
    close: NOTHING,
    between: undefined,
    encode: (task) => encodeStruct('ScheduledTask', task, CONFIGS.binary),
    recent: recentlyEncoded(REMEMBERED_BYTES),
  },
  json: {
    empty: Buffer.from('"lst":["rec",0]'),
    open: (count) => Buffer.from(`"lst":["rec",${count},`),
    close: Buffer.from(']'),
    between: COMMA,
    encode: (task) => Buffer.from(encodeTJson('ScheduledTask', task, CONFIGS.json)),
    recent: recentlyEncoded(REMEMBERED_BYTES),
  },
  plain: {
    empty: Buffer.from('"tasks":[]'),
    open: () => Buffer.from('"tasks":['),
    close: Buffer.from(']'),
    between: COMMA,
    encode: (task) => Buffer.from(encodePlain('ScheduledTask', task)),
    recent: undefined,
  },
};

/** How the tasks of a list are written, each what it was made of. */
function encoderOf(tasks: Tasks, { encode, recent }: ListForm): (task: Wire<'ScheduledTask'>) => Uint8Array {
  const maker = makerOf(tasks);
  if (!maker) return encode;
  const made = (task: Wire<'ScheduledTask'>) => encode(maker.make(task));
  if (!recent || tasks.length > MOST_REMEMBERED) return made;
  return (task) => (maker.isLasting(task) ? recent.of(task, () => made(task)) : made(task));
}

async function* slices(whole: Uint8Array, form: ListForm, tasks: Tasks): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  const at = bytes.indexOf(form.empty);
  yield Buffer.concat([bytes.subarray(0, at), form.open(tasks.length)]);
  const encode = encoderOf(tasks, form);
  for (let from = 0; from < tasks.length; from += SLICE_TASKS) {
    await yieldTurn();
    const parts: Uint8Array[] = [];
    const until = Math.min(tasks.length, from + SLICE_TASKS);
    for (let at = from; at < until; at++) {
      if (form.between && at > 0) parts.push(form.between);
      parts.push(encode(tasks[at]!));
    }
    yield Buffer.concat(parts);
  }
  yield Buffer.concat([form.close, bytes.subarray(at + form.empty.length)]);
}

function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

const withoutTasks = (response: Wire<'Response'>): Wire<'Response'> => ({
  ...response,
  result: { scheduleStatusResult: { tasks: [] } },
});

const tasksOf = (response: Wire<'Response'>): Tasks => response.result?.scheduleStatusResult?.tasks ?? [];

type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** A message as the body of an HTTP reply; one that lists thousands of tasks is written while it is sent. */
export function messageBody(message: Message, protocol: Protocol): Body {
  const tasks = message.kind === 'reply' ? tasksOf(message.response) : [];
  if (message.kind !== 'reply' || tasks.length <= LARGE_LIST)
    return encodeMessage(message, protocol) as Uint8Array<ArrayBuffer>;
  const rest = encodeMessage({ ...message, response: withoutTasks(message.response) }, protocol);
  return streamOf(slices(rest, FORMS[protocol], tasks));
}

/** The same for a reply of /apibeta. */
export function plainBody(response: Wire<'Response'>): string | ReadableStream<Uint8Array> {
  const tasks = tasksOf(response);
  if (tasks.length <= LARGE_LIST) return encodePlain('Response', response);
  const rest = Buffer.from(encodePlain('Response', withoutTasks(response)));
  return streamOf(slices(rest, FORMS.plain, tasks));
}
