/** What a watcher sees of an update: the picture, the lines, and the command against a scripted scheduler. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Wire } from '../../../src/api/index.ts';
import type { LastLines } from '../../../src/client/last-lines.ts';
import { liveBlock } from '../../../src/client/live-block.ts';
import { styleOf } from '../../../src/client/screen-style.ts';
import { updateFrame } from '../../../src/client/update-frame.ts';
import { changeLine, changesBetween } from '../../../src/client/update-lines.ts';
import { updateView } from '../../../src/client/update-view.ts';
import { main } from '../../../src/commands/main.ts';
import { ANY_ARGS, fakeScheduler } from '../../commands/golden/fake-scheduler.ts';
import { instantClock } from '../../commands/golden/instant-clock.ts';
import { assert, suite } from '../../harness/index.ts';
import { details, event, JOB, KEY, type Sample, START_MS, task } from './builders.ts';
import { virtualScreen } from './virtual-screen.ts';

const test = suite('update watch');

const look = (
  sample: Sample,
  tasks: readonly Wire<'ScheduledTask'>[] = [],
  atSecs = 0,
  reasons = new Map<number, string>(),
  outputs = new Map<string, LastLines>(),
) => updateView(details(sample), tasks, { reasons, outputs }, START_MS + atSecs * 1000);

const UTF8 = { LANG: 'C.UTF-8' };
const plain = styleOf(UTF8, { isTerminal: false });
const frame = (view: ReturnType<typeof look>, columns = 120, rows = 30, style = plain) =>
  updateFrame(view, { job: JOB, style, columns, rows });

const MIDWAY: Sample = {
  events: [
    ...[0, 1, 2].map((instance) => event(instance, 0, 'INSTANCE_UPDATING')),
    ...[0, 1, 2].map((instance) => event(instance, 60, 'INSTANCE_UPDATED')),
    ...[3, 4, 5].map((instance) => event(instance, 60, 'INSTANCE_UPDATING')),
  ],
};
const MIDWAY_TASKS = [
  task(3, [
    ['PENDING', 61],
    ['ASSIGNED', 62],
    ['STARTING', 63],
    ['RUNNING', 69],
  ]),
  task(4, [
    ['PENDING', 61],
    ['ASSIGNED', 62],
    ['STARTING', 64],
  ]),
  task(5, [
    ['PENDING', -900],
    ['RUNNING', -890],
    ['KILLING', 61],
  ]),
];

test('batches are rows of instances by what they are at; those that have not begun share one', () => {
  assert.equal(frame(look(MIDWAY, MIDWAY_TASKS, 100)), [
    `west/web/prod/api  update ${KEY.id}  by ana  "raise heap"  ROLLING_FORWARD 1:40`,
    `batch 2 of 3  [${'█'.repeat(12)}${'░'.repeat(24)}]  3/9  failed 0 of 1 allowed`,
    '  batch 1  ✓ 0-2 updated',
    '  batch 2  ◑ 5 old task ending 0:40   ◑ 4 starting 0:36   ● 3 watching 0:31 of 0:45',
    '  batch 3  ○ 6-8 waiting',
    'about 3m 20s left · waits for 1 old task to end',
  ]);
});

test('an instance without a place says why', () => {
  const tasks = [task(3, [['PENDING', 61]]), ...MIDWAY_TASKS.slice(1)];
  const lines = frame(look(MIDWAY, tasks, 100, new Map([[3, 'ram: 4 of 4 agents']])));
  assert.match(lines.at(-1) ?? '', 'waits for a place for 1 instance: ram: 4 of 4 agents');
});

test('a failed try and a failed instance show how the task ended', () => {
  const sample = (maxPerInstanceFailures: number): Sample => ({
    settings: { maxPerInstanceFailures },
    events: [
      event(0, 0, 'INSTANCE_UPDATING'),
      event(1, 0, 'INSTANCE_UPDATING'),
      event(1, 9, 'INSTANCE_UPDATE_FAILED', 'exited.'),
    ],
  });
  const failure = (instance: number) =>
    task(instance, [
      ['PENDING', 1],
      ['RUNNING', 3],
      ['FAILED', 9, 'bind: address already in use'],
    ]);
  const tasks = [failure(0), task(0, [['PENDING', 9]]), failure(1)];
  const lines = frame(look(sample(1), tasks, 12));
  assert.ok(
    lines.includes('  ✕ 0  tried again: FAILED after 6s: bind: address already in use'),
    lines.join('\n'),
  );
  assert.ok(lines.includes('  ✕ 1  FAILED after 6s: bind: address already in use'));

  // A failure beyond those allowed is not a try: the scheduler has not judged the instance yet, and will say that it failed.
  const last = look(sample(0), tasks, 12);
  assert.not(frame(last).join('\n').includes('tried again'));
  const words = changesBetween(undefined, last).map((change) => changeLine(change, last));
  assert.equal(
    words.filter((line) => line.includes('instance')),
    ['instance 1 INSTANCE_UPDATE_FAILED FAILED after 6s: bind: address already in use'],
  );
});

test('a failure stays in sight when its instance has been taken back', () => {
  const sample: Sample = {
    status: 'ROLLED_BACK',
    events: [
      event(1, 0, 'INSTANCE_UPDATING'),
      event(1, 9, 'INSTANCE_UPDATE_FAILED', 'exited.'),
      event(1, 9, 'INSTANCE_ROLLING_BACK'),
      event(1, 20, 'INSTANCE_ROLLED_BACK'),
    ],
  };
  const ended = task(1, [
    ['PENDING', 1],
    ['RUNNING', 3],
    ['FAILED', 9, 'exit code 3'],
  ]);
  const later = task(1, [
    ['PENDING', 10],
    ['RUNNING', 12],
    ['FAILED', 30, 'another time'],
  ]);
  const lines = frame(look(sample, [later, ended], 40));
  assert.ok(lines.includes('  ✕ 1  FAILED after 6s: exit code 3'), lines.join('\n'));
  assert.match(lines[1] ?? '', 'failed 1 of 1 allowed');
});

test('under 80 columns there are state, bar and the worst instance', () => {
  const lines = frame(look(MIDWAY, MIDWAY_TASKS, 100), 59, 10);
  assert.equal(lines.slice(0, 2), [
    'west/web/prod/api  update 3fa8c1d2  ROLLING_FORWARD 1:40',
    `batch 2 of 3  [${'█'.repeat(5)}${'░'.repeat(11)}]  3/9  failed 0 of 1 allowed`,
  ]);
  assert.is(lines.length, 3);
});

test('glyphs are of ASCII where the locale is not UTF-8, and nothing is coloured with NO_COLOR', () => {
  const style = styleOf({ LANG: 'C', NO_COLOR: '1', FORCE_COLOR: '1' }, { isTerminal: true });
  const text = frame(look(MIDWAY, MIDWAY_TASKS, 100), 120, 30, style).join('\n');
  assert.match(text, /\[#{12}-{24}\]/);
  assert.match(text, 'o 3 watching');
  assert.not.match(text, '\x1b');
  assert.match(
    frame(look(MIDWAY), 120, 30, styleOf({}, { isTerminal: true })).join(''),
    '\x1b[32mROLLING_FORWARD',
  );
});

test('a paused update and one that needs a pulse say who can go on', () => {
  const paused = look({
    status: 'ROLL_FORWARD_PAUSED',
    updateEvents: [{ status: 'ROLL_FORWARD_PAUSED', timestampMs: START_MS, user: 'bo', message: 'wait' }],
  });
  assert.match(frame(paused).at(-1) ?? '', `paused by bo ("wait"): 'aurora update resume west/web/prod/api'`);
  const blocked = look({ status: 'ROLL_FORWARD_AWAITING_PULSE' });
  assert.match(frame(blocked).at(-1) ?? '', "'aurora update pulse west/web/prod/api'");
});

test('a block is drawn in place: nothing but its last picture goes into the scrollback, whatever the size', () => {
  const screen = virtualScreen(80, 6);
  const style = plain;
  const block = liveBlock(screen.write, { size: () => ({ columns: 80, rows: 6 }) }, style);
  for (let count = 1; count <= 20; count++)
    block.draw(Array.from({ length: count }, (_, at) => `${count}: line ${at} ${'x'.repeat(100)}`));
  block.draw(['one', 'two']);
  assert.equal(screen.lines(), ['one', 'two', '', '', '', '']);
  assert.equal(screen.scrolledOut, []);
});

test('line mode says what changed, and at the end how long it took', () => {
  const views = [
    look({}),
    look(MIDWAY, MIDWAY_TASKS, 100),
    look(MIDWAY, MIDWAY_TASKS, 105),
    look({
      ...MIDWAY,
      status: 'ROLLED_BACK',
      endSecs: 542,
      events: [event(3, 200, 'INSTANCE_UPDATE_FAILED', 'exited.'), event(0, 300, 'INSTANCE_ROLLED_BACK')],
    }),
  ];
  const lines = views.flatMap((view, at) =>
    changesBetween(views[at - 1], view).map((change) => changeLine(change, view)),
  );
  assert.equal(lines, [
    'ROLLING_FORWARD 0/9 batch 1/3 failed 0/1',
    'ROLLING_FORWARD 3/9 batch 2/3 failed 0/1',
    'instance 3 INSTANCE_UPDATE_FAILED exited.',
    'ROLLED_BACK 0/9 after 9m 02s: 1 failed of 1 allowed (3)',
  ]);
});

interface Scripted {
  readonly looks: readonly Sample[];
  readonly words: readonly string[];
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly tasks?: readonly Wire<'ScheduledTask'>[];
  readonly logs?: NonNullable<Parameters<typeof fakeScheduler>[1]>['logs'];
}

/** Runs `aurora update watch` against a scheduler whose update goes through the looks; time passes at once. */
async function watch({ looks, words, terminal, tasks, logs }: Scripted) {
  const home = mkdtempSync(join(tmpdir(), 'aurora-watch-'));
  const found = { responseCode: 'OK', result: { scheduleStatusResult: { tasks } } };
  const calls = looks.flatMap((sample) => [
    {
      method: 'getJobUpdateDetails',
      args: { key: KEY, query: { key: KEY } },
      reply: {
        responseCode: 'OK',
        result: { getJobUpdateDetailsResult: { detailsList: [details(sample)] } },
      },
    },
    ...(tasks && sample.events ? [{ method: 'getTasksWithoutConfigs', args: ANY_ARGS, reply: found }] : []),
  ]);
  const scheduler = await fakeScheduler(calls, {
    reads: ['getTasksWithoutConfigs'],
    ...(logs ? { logs } : {}),
  });
  const uri = `http://127.0.0.1:${scheduler.ports[0]}`;
  writeFileSync(join(home, 'clusters.json'), JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
  const clock = instantClock(START_MS);
  const said = { stdout: '', stderr: '' };
  try {
    const code = await main(['update', 'watch', 'west/web/prod/api', KEY.id, ...words], {
      env: { HOME: home, AURORA_CONFIG_ROOT: home, ...UTF8 },
      clock,
      signal: new AbortController().signal,
      print: (text) => {
        said.stdout += text;
      },
      complain: (text) => {
        said.stderr += text;
      },
      openPage: () => {},
      terminal: () => terminal && { size: () => terminal },
      stdio: [0, 1, 2],
    });
    assert.equal(scheduler.problems, []);
    return { code, ...said, missing: scheduler.missing() };
  } finally {
    await scheduler.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const END: Sample = { ...MIDWAY, status: 'ROLLED_FORWARD', endSecs: 61 };

test('without a terminal there is a line for each change on stdout, a sign of life each minute, and nothing else', async () => {
  const quiet = Array.from({ length: 62 }, () => ({}));
  const { code, stdout, stderr } = await watch({ looks: [...quiet, END], words: [] });
  assert.is(code, 0);
  assert.is(
    stdout,
    `2026-11-29T03:53:00Z ROLLING_FORWARD 0/9 batch 1/3 failed 0/1
2026-11-29T03:54:00Z unchanged for 60 s
2026-11-29T03:54:02Z ROLLED_FORWARD 3/9 after 1m 01s
`,
  );
  assert.is(stderr, '');
});

const BROKEN: Sample = {
  status: 'ROLLED_BACK',
  endSecs: 20,
  events: [event(1, 0, 'INSTANCE_UPDATING'), event(1, 9, 'INSTANCE_UPDATE_FAILED', 'exited.')],
};
const BROKEN_TASKS = [
  task(1, [
    ['PENDING', 1],
    ['RUNNING', 3],
    ['FAILED', 9, 'process "api" failed: exit code 3'],
  ]),
];
const source = (number: number, stream: string, run = 0) => ({
  kind: 'source',
  source: number,
  task: 'task-1-1',
  instance: 1,
  process: 'api',
  run,
  stream,
  position: { offset: 0, check: '' },
});
const data = (number: number, text: string) => ({
  kind: 'data',
  source: number,
  text,
  position: { offset: 0, check: '' },
});
const stream = (...events: readonly object[]) => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: [...events, { kind: 'over', tasks: 1 }]
    .map((one) => `event: x\ndata: ${JSON.stringify(one)}\n\n`)
    .join(''),
});

test('a failed instance shows the last lines of its process, of standard error first, of the last run', async () => {
  const asked: Record<string, unknown>[] = [];
  const logs = (request: Record<string, unknown>) => {
    asked.push(request);
    return stream(
      source(0, 'stdout'),
      source(1, 'stderr'),
      source(2, 'stderr', 1),
      data(0, 'hello\n'),
      data(1, 'an earlier run\n'),
      data(2, '1\n2\n3\n4\n5\n\x1b[31mno such table: \x1b]0;title\x07orders'),
    );
  };
  const { code, stdout } = await watch({ looks: [{}, BROKEN], words: [], tasks: BROKEN_TASKS, logs });
  assert.is(code, 4);
  assert.is(
    stdout,
    `2026-11-29T03:53:00Z ROLLING_FORWARD 0/9 batch 1/3 failed 0/1
2026-11-29T03:53:01Z instance 1 INSTANCE_UPDATE_FAILED FAILED after 6s: process "api" failed: exit code 3
  ! 2
  ! 3
  ! 4
  ! 5
  ! no such table: orders
2026-11-29T03:53:01Z ROLLED_BACK 0/9 after 20s: 1 failed of 1 allowed (1)
`,
  );
  assert.equal(asked, [
    { tasks: ['task-1-1'], process: 'api', streams: ['stdout', 'stderr'], tail: 5, follow: false },
  ]);
});

test('last lines that cannot be read are one sentence, whatever the reason', async () => {
  const refused = (status: number, code: string, error: string) => ({
    status,
    body: JSON.stringify({ code, error }),
  });
  const trouble = {
    kind: 'trouble',
    task: 'task-1-1',
    instance: 1,
    text: 'the sandbox is gone',
    retried: false,
  };
  const answers = [
    [refused(403, 'forbidden', 'ana may not read sandboxes of web'), 'ana may not read sandboxes of web'],
    [refused(403, 'off', 'logs are not shown here'), 'logs are not shown here'],
    [{ status: 401 }, 'you may not see them'],
    [{ status: 404 }, 'this scheduler shows no logs'],
    [{ status: 503 }, 'the scheduler answered with 503'],
    [stream(trouble), 'the sandbox is gone'],
    [stream(source(0, 'stdout')), 'it wrote nothing'],
  ] as const;
  for (const [answer, reason] of answers) {
    const { code, stdout, stderr } = await watch({
      looks: [BROKEN],
      words: [],
      tasks: BROKEN_TASKS,
      logs: () => answer,
    });
    assert.is(code, 4);
    assert.is(stderr, '');
    assert.equal(
      stdout.split('\n').filter((line) => line.startsWith('  ')),
      [`  its last lines are not here: ${reason}`],
    );
  }
});

test('--json has the last lines, a terminal those of the newest failure', async () => {
  const logs = () => stream(source(0, 'stdout'), data(0, 'port 80 is taken\n'));
  const json = await watch({ looks: [BROKEN], words: ['--json'], tasks: BROKEN_TASKS, logs });
  assert.equal(JSON.parse(json.stdout.split('\n')[0] ?? '').output, {
    stream: 'stdout',
    lines: ['port 80 is taken'],
  });
  const { stderr } = await watch({
    looks: [BROKEN],
    words: ['--no-color'],
    tasks: BROKEN_TASKS,
    logs,
    terminal: { columns: 120, rows: 30 },
  });
  assert.match(
    stderr,
    /✕ 1 {2}FAILED after 6s: process "api" failed: exit code 3\x1b\[K\n {6}\| port 80 is taken/,
  );
});

test('every end has its exit code', async () => {
  const ends = { ROLLED_FORWARD: 0, ROLLED_BACK: 4, FAILED: 20, ERROR: 20, ABORTED: 20 } as const;
  for (const [status, code] of Object.entries(ends)) {
    const seen = await watch({ looks: [{ status: status as keyof typeof ends }], words: ['--plain'] });
    assert.is(seen.code, code, status);
  }
});

test('--stop-at-pause ends in 8, a timeout in 9', async () => {
  for (const status of ['ROLL_FORWARD_PAUSED', 'ROLL_FORWARD_AWAITING_PULSE'] as const) {
    const seen = await watch({ looks: [{}, { status }], words: ['--stop-at-pause'] });
    assert.is(seen.code, 8, status);
  }
  const late = await watch({ looks: [{}, {}, {}], words: ['--timeout', '2s'] });
  assert.is(late.code, 9);
  assert.match(late.stderr, 'it goes on');
});

test('--json is an object a line, the last one the end', async () => {
  const { stdout } = await watch({ looks: [{}, END], words: ['--json'] });
  const objects = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(
    objects.map(({ type }) => type),
    ['progress', 'progress', 'end'],
  );
  assert.equal(objects.at(-1), {
    at: '2026-11-29T03:53:01.000Z',
    type: 'end',
    id: KEY.id,
    status: 'ROLLED_FORWARD',
    updated: 3,
    instances: 9,
    elapsedMs: 61_000,
    exit: 0,
  });
});

test('on a terminal the block is on stderr, and stdout has the end only', async () => {
  const { stdout, stderr } = await watch({
    looks: [{}, MIDWAY, END],
    words: ['--no-color'],
    terminal: { columns: 100, rows: 20 },
  });
  assert.is(stdout, 'ROLLED_FORWARD 3/9 after 1m 01s\n');
  const screen = virtualScreen(100, 20);
  screen.write(stderr);
  assert.match(screen.lines()[0] ?? '', /update 3fa8c1d2-.* ROLLED_FORWARD 1:01$/);
  assert.equal(screen.scrolledOut, []);
});

test.run();
