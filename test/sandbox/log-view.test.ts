import fc from 'fast-check';
import type { LogEvent, LogRequest } from '../../src/api/views/log-event.ts';
import { resumePoint } from '../../src/api/views/log-resume.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type ManualClock, manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { followLogs } from '../../src/sandbox/log-view.ts';
import type { TaskFeed, ViewedTask } from '../../src/sandbox/log-view-settings.ts';
import type { ProcessRuns, SandboxReader } from '../../src/sandbox/sandbox-reader.ts';
import { assert, suite } from '../harness/index.ts';
import { type RotatingFiles, rotatingFiles } from './rotating-files.ts';

const test = suite('a view of logs');

interface World {
  readonly clock: ManualClock;
  readonly feed: TaskFeed;
  readonly sandboxes: Pick<SandboxReader, 'processes' | 'read'>;
  /** A new task of an instance, which takes the place of the one before. */
  start(instance: number): string;
  write(taskId: string, text: string | Buffer): void;
  file(taskId: string): RotatingFiles;
  end(taskId: string, status?: string): void;
  /** Agents that do not answer. */
  readonly down: Set<string>;
  /** Sandboxes that were removed. */
  readonly gone: Set<string>;
  isService: boolean;
}

function world(): World {
  const clock = manualClock();
  const tasks = new Map<string, ViewedTask>();
  const files = new Map<string, RotatingFiles>();
  const down = new Set<string>();
  const gone = new Set<string>();
  let made = 0;
  const fileOf = (taskId: string) => {
    const file = files.get(taskId) ?? rotatingFiles('.logs/main/0/stdout');
    files.set(taskId, file);
    return file;
  };
  const self: World = {
    clock,
    down,
    gone,
    isService: true,
    feed: {
      tasks: async () => [...tasks.values()],
      change: (signal) =>
        new Promise((resolve, reject) => {
          if (signal.aborted) return reject(signal.reason);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          clock.after(300, resolve);
        }),
    },
    sandboxes: {
      async processes({ taskId }) {
        if (down.has(taskId)) throw new Error('nobody answers');
        if (gone.has(taskId)) return undefined;
        return files.has(taskId) ? [{ process: 'main', runs: [0] } satisfies ProcessRuns] : [];
      },
      async read({ taskId }, path, wanted) {
        if (down.has(taskId)) throw new Error('nobody answers');
        return gone.has(taskId) || path.includes('stderr') ? undefined : fileOf(taskId).read(path, wanted);
      },
    },
    start(instance) {
      const taskId = `task-${instance}-${made++}`;
      tasks.set(taskId, {
        taskId,
        instance,
        status: 'RUNNING',
        isEnded: false,
        atMs: clock.nowMs(),
        bornMs: clock.nowMs(),
        isService: self.isService,
        place: { taskId, host: `host-${instance}`, executorId: `thermos-${taskId}`, frameworkId: 'f' },
      });
      return taskId;
    },
    write: (taskId, text) => fileOf(taskId).append(Buffer.from(text)),
    file: fileOf,
    end(taskId, status = 'FAILED') {
      const task = tasks.get(taskId) as ViewedTask;
      tasks.set(taskId, { ...task, status, isEnded: true, atMs: clock.nowMs(), ranMs: 1_000 });
    },
  };
  return self;
}

/** Lets what is ready go on. */
const settle = () => new Promise<void>((resolve) => systemClock.after(0, resolve));

interface View {
  readonly events: LogEvent[];
  /** What was written by each task, as the view shows it. */
  text(taskId: string): string;
  notes(): string[];
  readonly over: Promise<void>;
  cut(): void;
}

function view(world: World, request: Partial<LogRequest> = {}, shown?: (event: LogEvent) => void): View {
  const events: LogEvent[] = [];
  const cut = new AbortController();
  const over = followLogs({
    ...world,
    request: { job: { role: 'r', environment: 'e', name: 'j' }, follow: true, ...request },
    mostInstances: 50,
    random: seededRandom(1),
    signal: cut.signal,
    async emit(event) {
      cut.signal.throwIfAborted();
      events.push(event);
      shown?.(event);
    },
  });
  over.catch(() => {});
  const taskOf = new Map<number, string>();
  return {
    events,
    over,
    cut: () => cut.abort(new Error('cut')),
    text(taskId) {
      let text = '';
      taskOf.clear();
      for (const event of events) {
        if (event.kind === 'source') taskOf.set(event.source, event.task);
        if (event.kind === 'data' && taskOf.get(event.source) === taskId) text += event.text;
      }
      return text;
    },
    notes: () =>
      events.flatMap((event) =>
        event.kind === 'state' || event.kind === 'task'
          ? [`${event.kind} ${event.instance} ${event.status}`]
          : [],
      ),
  };
}

/** Time goes by, with turns for what it sets going. */
async function pass(world: World, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 250) {
    world.clock.advance(250);
    for (let turn = 0; turn < 6; turn++) await settle();
  }
}

test('a restart: the old task is read to its end, the new one from its beginning', async () => {
  const w = world();
  const old = w.start(0);
  w.write(old, 'a\nb\nc\n');
  const shown = view(w, { tail: 2 });
  await pass(w, 1_000);
  assert.is(shown.text(old), 'b\nc\n');
  w.write(old, 'last words\n');
  w.end(old);
  const next = w.start(0);
  w.write(next, 'one\ntwo\nthree\n');
  await pass(w, 5_000);
  assert.is(shown.text(old), 'b\nc\nlast words\n');
  assert.is(shown.text(next), 'one\ntwo\nthree\n', 'no tail for what began meanwhile');
  assert.equal(shown.notes(), ['task 0 RUNNING', 'state 0 FAILED', 'task 0 RUNNING']);
  shown.cut();
});

test('without following, and for a job that is no service, it comes to an end by itself', async () => {
  const w = world();
  w.isService = false;
  const task = w.start(0);
  w.write(task, 'x\n');
  const once = view(w, { follow: false });
  await pass(w, 2_000);
  await once.over;
  assert.is(once.text(task), 'x\n');
  const followed = view(w);
  await pass(w, 2_000);
  assert.not(followed.events.some(({ kind }) => kind === 'over'));
  w.write(task, 'end without a newline');
  w.end(task, 'FINISHED');
  await pass(w, 4_000);
  await followed.over;
  assert.is(followed.text(task), 'x\nend without a newline');
});

for (const meanwhile of ['written to', 'rotated', 'copied and emptied', 'removed'] as const) {
  test(`the last lines, without following, of a file that is ${meanwhile} meanwhile: those of the beginning`, async () => {
    const w = world();
    const task = w.start(0);
    w.write(task, 'one\ntwo\nthree\nfo');
    let reads = 0;
    const { read } = w.sandboxes;
    const sandboxes: World['sandboxes'] = {
      ...w.sandboxes,
      async read(...asked) {
        const part = await read(...asked);
        if (part === undefined) return undefined;
        if (reads++ === 0) {
          if (meanwhile === 'rotated') w.file(task).rotate();
          if (meanwhile === 'copied and emptied') w.file(task).copyAndEmpty();
          if (meanwhile === 'removed') w.file(task).remove();
        }
        w.write(task, `ur ${reads}\nfive\n`);
        return part;
      },
    };
    const once = view({ ...w, sandboxes }, { follow: false, tail: 2 });
    await pass(w, 6_000);
    await once.over;
    assert.is(once.text(task), meanwhile === 'removed' ? '' : 'three\nfo');
  });
}

test('tasks that have ended: all of them, or the last of each instance', async () => {
  const w = world();
  const [first, second] = [w.start(0), w.start(0)];
  w.write(first, 'first\n');
  w.write(second, 'second\n');
  w.end(first);
  w.end(second);
  for (const [which, texts] of [
    ['dead', ['first\n', 'second\n']],
    ['previous', ['', 'second\n']],
  ] as const) {
    const shown = view(w, { which });
    await pass(w, 3_000);
    await shown.over;
    assert.equal([shown.text(first), shown.text(second)], texts);
  }
  w.gone.add(first);
  w.gone.add(second);
  const removed = view(w, { which: 'dead' });
  await pass(w, 3_000);
  await removed.over;
  const troubles = removed.events.filter(({ kind }) => kind === 'trouble');
  assert.is(troubles.length, 2);
  assert.match(JSON.stringify(troubles), 'sandbox is gone');
});

test('an agent that vanishes is told of once, and goes on where it was', async () => {
  const w = world();
  const [task, other] = [w.start(0), w.start(1)];
  w.write(task, 'before\n');
  const shown = view(w);
  await pass(w, 1_000);
  w.down.add(task);
  w.write(task, 'meanwhile\n');
  await pass(w, 30_000);
  w.write(other, 'others go on\n');
  await pass(w, 3_000);
  assert.is(shown.text(other), 'others go on\n');
  const troubles = () => shown.events.filter(({ kind }) => kind === 'trouble').length;
  assert.is(troubles(), 1);
  w.down.clear();
  await pass(w, 40_000);
  assert.is(shown.text(task), 'before\nmeanwhile\n');
  assert.is(shown.events.filter(({ kind }) => kind === 'well').length, 1);
  shown.cut();
});

test('more instances than are shown at once are named, and one has its turn when another ends', async () => {
  const w = world();
  w.isService = false;
  const tasks = Array.from({ length: 52 }, (_, instance) => w.start(instance));
  for (const task of tasks) w.write(task, 'x\n');
  const shown = view(w);
  await pass(w, 2_000);
  const left = shown.events.find((event) => event.kind === 'left');
  assert.equal(left, { kind: 'left', instances: [50, 51] });
  w.end(tasks[0] as string, 'FINISHED');
  await pass(w, 4_000);
  assert.is(shown.text(tasks[50] as string), 'x\n');
  shown.cut();
});

test('a view that is cut before it told of all tasks goes on as it began', async () => {
  const w = world();
  const [told, untold] = [w.start(0), w.start(1)];
  for (const task of [told, untold]) w.write(task, 'first\nsecond\n');
  const resume = resumePoint();
  const first: View = view(w, { tail: 1 }, (event) => {
    if (event.kind === 'task' && event.task === untold) first.cut();
    else resume.take(event);
  });
  await first.over.catch(() => {});
  await pass(w, 1_000);
  w.end(untold, 'KILLED');
  const later = w.start(1);
  w.write(later, 'third\nfourth\n');
  const second = view(w, { tail: 1, resume: resume.state() });
  await pass(w, 3_000);
  assert.is(second.text(told), 'second\n');
  assert.is(second.text(untold), 'second\n', 'it was there when the view began');
  assert.is(second.text(later), 'third\nfourth\n', 'it is new');
  second.cut();
});

test('whenever the connection is cut: the next one goes on, no line is lost or doubled, and every end is told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5), { minLength: 5, maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
      async (steps, cuts) => {
        const w = world();
        const written = new Map<string, string>();
        const shownText = new Map<string, string>();
        const resume = resumePoint();
        const states = new Map<string, string>();
        const ended: string[] = [];
        const live = [w.start(0), w.start(1)];
        let lines = 0;
        const write = (instance: number) => {
          const task = live[instance] as string;
          const text = `line ${lines++}\n`;
          written.set(task, (written.get(task) ?? '') + text);
          w.write(task, text);
        };
        const sources = new Map<number, string>();
        let left = cuts[0] ?? Number.POSITIVE_INFINITY;
        let at = 0;
        let current: View | undefined;
        const connect = () => {
          current = view(w, { resume: resume.state() }, (event) => {
            // What is behind the cut never arrives.
            if (left-- <= 0) return current?.cut();
            resume.take(event);
            if (event.kind === 'source') sources.set(event.source, event.task);
            if (event.kind === 'task' || event.kind === 'state') states.set(event.task, event.status);
            if (event.kind !== 'data') return;
            const task = sources.get(event.source) as string;
            shownText.set(task, (shownText.get(task) ?? '') + event.text);
          });
        };
        connect();
        const reconnected = async () => {
          if (left >= 0 || !current) return;
          current.cut();
          await current.over.catch(() => {});
          left = cuts[++at] ?? Number.POSITIVE_INFINITY;
          connect();
        };
        for (const step of steps) {
          if (step < 2) write(step);
          else if (step === 2) w.file(live[0] as string).rotate();
          else if (step === 3) {
            w.end(live[1] as string, 'KILLED');
            ended.push(live[1] as string);
            live[1] = w.start(1);
          }
          await pass(w, 500);
          await reconnected();
        }
        for (let round = 0; round < 8; round++) {
          await pass(w, 2_000);
          await reconnected();
        }
        current?.cut();
        for (const [task, text] of written) assert.is(shownText.get(task) ?? '', text, task);
        for (const task of ended) assert.is(states.get(task), 'KILLED', task);
      },
    ),
    { numRuns: 200 },
  );
}, 30_000);

test.run();
