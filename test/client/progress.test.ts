/** What a wait shows: a block on stderr of a terminal, lines elsewhere; and `job status --watch`. */

import { parseJobKey } from '../../src/client/job-key.ts';
import { liveBlock } from '../../src/client/live-block.ts';
import { styleOf } from '../../src/client/screen-style.ts';
import { statusFrame, statusLines } from '../../src/client/status-frame.ts';
import { reached, type StatusView, statusView } from '../../src/client/status-view.ts';
import { type WaitView, waitFrame } from '../../src/client/wait-frame.ts';
import { type CommandLine, commandLine } from '../commands/command-line.ts';
import { ANY_ARGS, fakeScheduler } from '../commands/golden/fake-scheduler.ts';
import type { Rpc } from '../commands/golden/scenario.ts';
import { assert, suite } from '../harness/index.ts';
import { virtualScreen } from './updates/virtual-screen.ts';

const test = suite('progress');

let line: CommandLine;
test.beforeEach(() => {
  line = commandLine();
});
test.afterEach(() => line.remove());

const JOB = parseJobKey('west/web/prod/api');
const UTF8 = { LANG: 'C.UTF-8' };
const VIEW: WaitView = {
  job: JOB,
  goal: 'RUNNING',
  done: 40,
  total: 100,
  states: new Map([
    ['RUNNING', 40],
    ['STARTING', 20],
    ['ASSIGNED', 38],
    ['PENDING', 2],
  ]),
  reason:
    'ram: 812 of 812 agents; nearest host-17 lacks 2.5 GB; and a text that is longer than most screens are wide',
  elapsedMs: 72_000,
  ratePerSec: 8,
};

const shown = (columns: number, env: Record<string, string>, isTerminal = true): readonly string[] => {
  const style = styleOf(env, { isTerminal });
  const screen = virtualScreen(columns, 24);
  const block = liveBlock(screen.write, { size: () => ({ columns, rows: 24 }) }, style);
  block.draw(waitFrame(VIEW, { style, columns }));
  return screen.lines().filter((text) => text !== '');
};

test('a wait, 200 columns wide', () => {
  assert.equal(shown(200, UTF8), [
    'west/web/prod/api  1:12',
    `[${'█'.repeat(14)}${'░'.repeat(22)}]  40/100 RUNNING  8.0/s  about 7s left`,
    '  ○ 2 PENDING   ◑ 38 ASSIGNED   ◑ 20 STARTING   ● 40 RUNNING',
    `  no place: ${VIEW.reason}`,
  ]);
});

test('a wait, 60 columns wide: nothing breaks a line', () => {
  assert.equal(shown(60, UTF8), [
    'west/web/prod/api  1:12',
    `[${'█'.repeat(6)}${'░'.repeat(10)}]  40/100 RUNNING  8.0/s  about 7s left`,
    '  ○ 2 PENDING   ◑ 38 ASSIGNED   ◑ 20 STARTING   ● 40 RUNNI…',
    '  no place: ram: 812 of 812 agents; nearest host-17 lacks …',
  ]);
});

test('NO_COLOR, and a locale without UTF-8', () => {
  const style = styleOf({ NO_COLOR: '1' }, { isTerminal: true });
  assert.equal(waitFrame(VIEW, { style, columns: 60 }), [
    'west/web/prod/api  1:12',
    '[######----------]  40/100 RUNNING  8.0/s  about 7s left',
    '  - 2 PENDING   ? 38 ASSIGNED   ? 20 STARTING   o 40 RUNNING',
    `  no place: ${VIEW.reason}`,
  ]);
  const colours = waitFrame(VIEW, { style: styleOf(UTF8, { isTerminal: true }), columns: 60 }).join('\n');
  assert.match(colours, '\x1b[32m● 40 RUNNING\x1b[0m');
});

const task = (instanceId: number, status: string, more: object = {}) => ({
  status,
  assignedTask: { taskId: `t${instanceId}`, instanceId, ...more },
  taskEvents: [{ timestamp: 1, status: 'PENDING' }],
});
const call = (method: string, result?: object): Rpc =>
  ({ method, args: ANY_ARGS, reply: { responseCode: 'OK', ...(result ? { result } : {}) } }) as Rpc;
const tasks = (...statuses: string[]) =>
  call('getTasksWithoutConfigs', {
    scheduleStatusResult: { tasks: statuses.map((status, at) => task(at, status)) },
  });

async function run(
  words: string,
  rpcs: readonly Rpc[],
  { columns, ...given }: { readonly columns?: number } & Parameters<CommandLine['run']>[1],
) {
  const scheduler = await fakeScheduler(rpcs);
  line.useScheduler(scheduler.ports[0]);
  const screen = virtualScreen(columns ?? 80, 24);
  const drawn: string[] = [];
  const terminal = () => ({ size: () => ({ columns: columns ?? 80, rows: 24 }) });
  const said = await line.run(words.split(' '), {
    ...(columns ? { progressTerminal: terminal } : {}),
    ...(columns
      ? {
          complain: (text: string) => {
            screen.write(text);
            const now = screen
              .lines()
              .filter((one) => one !== '')
              .join('\n');
            if (now !== drawn.at(-1)) drawn.push(now);
          },
        }
      : {}),
    ...given,
  });
  await scheduler.close();
  assert.equal([...scheduler.problems, ...scheduler.missing()], [], said.stderr);
  return { ...said, screen: screen.lines().filter((text) => text !== ''), drawn };
}

const KILL = 'job kill west/web/prod/api/0-1';
const KILLING = [
  tasks('RUNNING', 'RUNNING'),
  tasks('RUNNING', 'RUNNING'),
  call('killTasks'),
  tasks('KILLING'),
  tasks('KILLED'),
  call('killTasks'),
  call('getTasksWithoutConfigs', { scheduleStatusResult: { tasks: [task(1, 'KILLED')] } }),
];

test('a kill on a terminal: batches add up, results stand above, and the block goes in the end', async () => {
  for (const columns of [60, 200]) {
    const { code, stdout, screen, drawn } = await run(KILL, KILLING, { columns });
    assert.is(code, 0);
    assert.is(
      stdout,
      'Successfully killed instances [0]\nSuccessfully killed instances [1]\nJob kill succeeded\n',
    );
    const bars = drawn.flatMap((picture) => picture.match(/\d\/2 killed/g) ?? []);
    assert.equal([...new Set(bars)], ['0/2 killed', '1/2 killed', '2/2 killed']);
    assert.ok(
      drawn.some((picture) => picture.includes('? 1 KILLING')),
      drawn.join('\n--\n'),
    );
    assert.equal(
      screen.filter((text) => !text.includes('] ')),
      [],
      'only log lines stay',
    );
  }
});

test('a kill in a pipe: the same stdout, and a line on stderr for each change', async () => {
  const { code, stdout, stderr } = await run(KILL, KILLING, {});
  assert.is(code, 0);
  assert.match(stdout, 'Job kill succeeded');
  assert.equal(
    stderr.split('\n').filter((text) => text.includes(' of 2 ')),
    [
      ' INFO] 0 of 2 instances killed (1 KILLING)',
      ' INFO] 1 of 2 instances killed (1 KILLED)',
      ' INFO] 2 of 2 instances killed (1 KILLED)',
    ],
  );
  assert.not.match(stderr, '\x1b');
});

test('Ctrl-C says what goes on, and ends in 130', async () => {
  for (const columns of [undefined, 200]) {
    const stop = new AbortController();
    const clock = {
      nowMs: () => 0,
      monotonicMs: () => 0,
      after: () => {
        queueMicrotask(() => stop.abort(new Error('interrupted')));
        return { cancel: () => {} };
      },
    };
    const given = { clock, signal: stop.signal, ...(columns ? { columns } : {}) };
    const { code, stderr, screen } = await run(KILL, KILLING.slice(0, 4), given);
    assert.is(code, 130);
    const said = columns ? screen.join('\n') : stderr;
    assert.match(
      said,
      "0 of 2 instances are killed, and the batch of 1 at hand will be; the others are left alone. 'aurora job status west/web/prod/api' shows which are there.",
    );
    if (columns) assert.match(said, '0/2 killed');
  }
});

const view = (...listed: readonly object[]): StatusView =>
  statusView(JOB, listed as never, {
    reasons: new Map([[17, 'ram: 812 of 812 agents; nearest host-17 lacks 2.5 GB']]),
    update: undefined,
    nowMs: 1_000_000,
  });
const event = (status: string, atSecs: number, message?: string) => ({
  status,
  timestamp: atSecs * 1000,
  ...(message ? { message } : {}),
});
const listed = (
  instanceId: number,
  host: string | undefined,
  events: readonly ReturnType<typeof event>[],
) => ({
  status: events.at(-1)?.status,
  assignedTask: { instanceId, slaveHost: host, task: { isService: true } },
  taskEvents: events,
});
const STEADY = Array.from({ length: 12 }, (_, at) =>
  listed(at, `host-${at}`, [event('PENDING', 1), event('RUNNING', 10 + at)]),
);
const TROUBLE = [
  listed(17, undefined, [event('PENDING', 870)]),
  listed(41, 'host-9', [event('PENDING', 1), event('RUNNING', 2), event('FAILED', 985, 'exit 137')]),
  listed(41, 'host-203', [event('PENDING', 986), event('STARTING', 992)]),
];

test('job status --watch: the worst first, those that run steadily share a line', () => {
  const frame = (columns: number, rows: number) =>
    statusFrame([view(...STEADY, ...TROUBLE)], {
      style: styleOf(UTF8, { isTerminal: false }),
      columns,
      rows,
    });
  assert.equal(frame(120, 12), [
    'west/web/prod/api   service   12/14 running   1 pending   1 starting',
    '    INST  STATE     FOR     HOST      RESTARTS  WHY',
    '  ○ 17    PENDING   2m 10s  -         0         ram: 812 of 812 agents; nearest host-17 lacks 2.5 GB',
    '  ◑ 41    STARTING  8s      host-203  1         was FAILED after 16m 23s: exit 137',
    '  ● 12 others RUNNING, youngest 16m 19s, oldest 16m 30s',
  ]);
  assert.equal(frame(60, 24).slice(0, 4), [
    'west/web/prod/api   12/14 running   1 pending   1 starting',
    '    INST  STATE     FOR      WHY',
    '  ○ 17    PENDING   2m 10s   ram: 812 of 812 agents; nearest host-17 lacks 2.5 GB',
    '  ◑ 41    STARTING  8s       was FAILED after 16m 23s: exit 137',
  ]);
  assert.is(frame(120, 24).length, 2 + 14);
});

test('job status --watch in a pipe: a line for each change', () => {
  const before = [view(...STEADY.slice(0, 1), ...TROUBLE)];
  assert.equal(statusLines(undefined, before), [
    'west/web/prod/api/0 RUNNING on host-0',
    'west/web/prod/api/17 PENDING: ram: 812 of 812 agents; nearest host-17 lacks 2.5 GB',
    'west/web/prod/api/41 STARTING on host-203: was FAILED after 16m 23s: exit 137',
  ]);
  const after = [
    view(listed(17, 'host-1', [event('PENDING', 870), event('RUNNING', 999)]), ...TROUBLE.slice(1)),
  ];
  assert.equal(statusLines(before, after), [
    'west/web/prod/api/17 PENDING -> RUNNING on host-1',
    'west/web/prod/api/0 is gone',
  ]);
  assert.equal(statusLines(after, after), []);
});

test('an instance that was killed is none any more', () => {
  const killed = listed(2, 'h', [event('PENDING', 1), event('RUNNING', 2), event('KILLED', 3)]);
  const running = listed(0, 'h', [event('PENDING', 1), event('RUNNING', 2)]);
  const style = styleOf(UTF8, { isTerminal: false });
  const [head] = statusFrame([view(running, killed)], { style, columns: 120, rows: 24 });
  assert.is(head, 'west/web/prod/api   service   1/1 running');
  assert.equal(statusLines(undefined, [view(running, killed)]), ['west/web/prod/api/0 RUNNING on h']);
  const before = [view(running, listed(2, 'h', [event('PENDING', 1), event('RUNNING', 2)]))];
  assert.equal(statusLines(before, [view(running, killed)]), ['west/web/prod/api/2 RUNNING -> KILLED on h']);
});

test('what --until waits for', () => {
  const one = (...statuses: string[]) => [
    view(...statuses.map((status, at) => listed(at, 'h', [event('PENDING', 1), event(status, 2)]))),
  ];
  assert.is(reached(one('RUNNING', 'STARTING'), 'running'), false);
  assert.is(reached(one('RUNNING', 'FINISHED'), 'running'), true);
  assert.is(reached(one('FAILED', 'RUNNING'), 'finished'), false);
  assert.is(reached(one('FAILED', 'FINISHED'), 'finished'), 'never');
  assert.is(reached(one('FINISHED', 'FINISHED'), 'finished'), true);
  assert.is(reached(one('FAILED', 'KILLED'), 'gone'), true);
  assert.is(reached([], 'gone'), true);
  assert.is(reached([], 'running'), false);
});

test('the command watches until it is so, on a terminal and in a pipe', async () => {
  const look = (...statuses: string[]): readonly Rpc[] =>
    [
      { ...tasks(...statuses), anyOrder: true },
      {
        ...call('getJobUpdateSummaries', { getJobUpdateSummariesResult: { updateSummaries: [] } }),
        anyOrder: true,
      },
    ] as Rpc[];
  const rpcs = [...look('STARTING', 'RUNNING'), ...look('RUNNING', 'RUNNING')];
  const words = 'job status west/web/prod/api --watch --until running';
  const piped = await run(words, rpcs, {});
  assert.is(piped.code, 0, piped.stderr);
  assert.equal(
    piped.stdout.split('\n').map((text) => text.replace(/^\S+Z /, '')),
    [
      'west/web/prod/api/0 STARTING',
      'west/web/prod/api/1 RUNNING',
      'west/web/prod/api/0 STARTING -> RUNNING',
      '',
    ],
  );
  const live = await run(words, rpcs, { screen: { size: () => ({ columns: 60, rows: 24 }) } });
  const screen = virtualScreen(60, 24);
  screen.write(live.stdout);
  assert.match(screen.lines()[0] ?? '', '2/2 running');
  const failed = await run(words.replace('running', 'finished'), look('FAILED'), {});
  assert.is(failed.code, 4, failed.stderr);
  assert.is((await run('job status west/web/prod/api --watch', look(), {})).code, 6);
  assert.is((await run('job status west/web/prod/api --until gone', [], {})).code, 2);
});

test.run();
