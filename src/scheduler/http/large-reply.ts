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
import { LARGE_LIST, sliceOf } from './on-demand.ts';

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
  /** Between two tasks; bytes have nothing there. */
  readonly between: string;
  encode(task: Wire<'ScheduledTask'>): Uint8Array | string;
}

/** The tasks of a job share their configuration, and nobody changes it. */
const CONFIGS = { binary: lasting<Uint8Array>('TaskConfig'), json: lasting<string>('TaskConfig') };

const NOTHING = Buffer.alloc(0);
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
    between: '',
    encode: (task) => encodeStruct('ScheduledTask', task, CONFIGS.binary),
  },
  json: {
    empty: Buffer.from('"lst":["rec",0]'),
    open: (count) => Buffer.from(`"lst":["rec",${count},`),
    close: Buffer.from(']'),
    between: ',',
    encode: (task) => encodeTJson('ScheduledTask', task, CONFIGS.json),
  },
  plain: {
    empty: Buffer.from('"tasks":[]'),
    open: () => Buffer.from('"tasks":['),
    close: Buffer.from(']'),
    between: ',',
    encode: (task) => encodePlain('ScheduledTask', task),
  },
};

function joined(parts: readonly (Uint8Array | string)[], { between }: ListForm, follows: boolean): Buffer {
  if (typeof parts[0] === 'string') return Buffer.from((follows ? between : '') + parts.join(between));
  return Buffer.concat(parts as readonly Uint8Array[]);
}

async function* slices(whole: Uint8Array, form: ListForm, tasks: Tasks): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  const at = bytes.indexOf(form.empty);
  yield Buffer.concat([bytes.subarray(0, at), form.open(tasks.length)]);
  for (let from = 0; from < tasks.length; from += SLICE_TASKS) {
    await yieldTurn();
    const parts = sliceOf(tasks, from, from + SLICE_TASKS).map(form.encode);
    yield joined(parts, form, from > 0);
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
