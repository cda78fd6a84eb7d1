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

/** Most tasks in a slice: about a millisecond of work for both encoder and compressor. */
const SLICE_TASKS = 100;
/** A slice takes no further task after this time: code that V8 has not compiled yet takes ten times as long. */
const SLICE_MS = 3;

/** How a list of tasks is spliced into a reply, in one encoding. */
interface ListForm {
  /** The bytes of an empty task list. Their first occurrence in an encoded reply is where the tasks go. */
  readonly empty: Buffer;
  /** The bytes that replace `empty`: `open` before the tasks, `close` after them. */
  open(count: number): Buffer;
  readonly close: Buffer;
  /** Separator between two tasks; undefined for none. */
  readonly between: Buffer | undefined;
  encode(task: Wire<'ScheduledTask'>): Uint8Array;
  /** Cache of encoded tasks, for lists made by `onDemand`; undefined for none. */
  readonly recent: RecentlyEncoded | undefined;
}

/** Most bytes to remember per encoding: about 16,000 tasks. */
const REMEMBERED_BYTES = 8 * 1024 * 1024;
/** Longer lists are not cached: they would push out everything else, and are not asked for again soon. */
const MOST_REMEMBERED = 10_000;

/** Cached encodings of TaskConfig: the tasks of a job share one configuration object, which is never modified. */
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

/**
 * Path to the task list: field 3 (result), a struct; in it field 3 (scheduleStatusResult), a struct; in it field 1, a
 * list.
 */
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

/**
 * Returns the function that encodes one task of the list, making the task first when the list was built by `onDemand`.
 */
function encoderOf(tasks: Tasks, { encode, recent }: ListForm): (task: Wire<'ScheduledTask'>) => Uint8Array {
  const maker = makerOf(tasks);
  if (!maker) return encode;
  const made = (task: Wire<'ScheduledTask'>) => encode(maker.make(task));
  if (!recent || tasks.length > MOST_REMEMBERED) return made;
  return (task) => (maker.isLasting(task) ? recent.of(task, () => made(task)) : made(task));
}

async function* slices(whole: Uint8Array, form: ListForm, tasks: Tasks): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  const gap = bytes.indexOf(form.empty);
  yield Buffer.concat([bytes.subarray(0, gap), form.open(tasks.length)]);
  const encode = encoderOf(tasks, form);
  for (let at = 0; at < tasks.length; ) {
    await yieldTurn();
    const untilMs = performance.now() + SLICE_MS;
    const parts: Uint8Array[] = [];
    const until = Math.min(tasks.length, at + SLICE_TASKS);
    do {
      if (form.between && at > 0) parts.push(form.between);
      parts.push(encode(tasks[at]!));
      at++;
    } while (at < until && performance.now() < untilMs);
    yield Buffer.concat(parts);
  }
  yield Buffer.concat([form.close, bytes.subarray(gap + form.empty.length)]);
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

/**
 * Encodes a message as an HTTP body. A reply with more than LARGE_LIST tasks becomes a stream, encoded while it is
 * sent.
 */
export function messageBody(message: Message, protocol: Protocol): Body {
  const tasks = message.kind === 'reply' ? tasksOf(message.response) : [];
  if (message.kind !== 'reply' || tasks.length <= LARGE_LIST)
    return encodeMessage(message, protocol) as Uint8Array<ArrayBuffer>;
  const rest = encodeMessage({ ...message, response: withoutTasks(message.response) }, protocol);
  return streamOf(slices(rest, FORMS[protocol], tasks));
}

/** The same as `messageBody`, for a reply of /apibeta. */
export function plainBody(response: Wire<'Response'>): string | ReadableStream<Uint8Array> {
  const tasks = tasksOf(response);
  if (tasks.length <= LARGE_LIST) return encodePlain('Response', response);
  const rest = Buffer.from(encodePlain('Response', withoutTasks(response)));
  return streamOf(slices(rest, FORMS.plain, tasks));
}
