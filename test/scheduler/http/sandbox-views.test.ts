import { type LogEvent, logEventReader } from '../../../src/api/views/log-event.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { pacedBody } from '../../../src/scheduler/http/sandboxes/paced-body.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';
import { type FakeObserver, fakeObserver } from './fake-observer.ts';

const test = suite('views of sandboxes');

interface Site extends TestScheduler {
  readonly observer: FakeObserver;
  readonly taskId: string;
  get(path: string, signal?: AbortSignal): Promise<Response>;
}

function withTask(name: string, body: (site: Site) => Promise<void>, ...flags: string[]) {
  test(name, async () => {
    const observer = await fakeObserver();
    const scheduler = await testScheduler({}, [`-observer_url=${observer.url}`, ...flags]);
    const { call, mesos, tasks } = scheduler;
    try {
      mesos.subscribe();
      mesos.offer(mesosOffer('a'));
      await call('createJob', { description: wireJob() });
      await mesos.next('ACCEPT');
      const [task] = await tasks('ASSIGNED');
      const taskId = task?.assignedTask.taskId ?? '';
      mesos.update(taskId, 'TASK_RUNNING');
      await mesos.next('ACKNOWLEDGE');
      const get = (path: string, signal?: AbortSignal) =>
        fetch(`http://127.0.0.1:${scheduler.running().httpPort}/api/view/${path}`, {
          signal: signal ?? null,
        });
      await body({ ...scheduler, observer, taskId, get });
    } finally {
      await scheduler.stop();
      observer.close();
    }
  });
}

const eventsIn = async (response: Response): Promise<LogEvent[]> => logEventReader()(await response.text());
const codeIn = async (response: Response): Promise<string> =>
  `${response.status} ${((await response.json()) as { code: string }).code}`;

withTask('the logs of a job, and where a reader goes on', async ({ get, observer, running, taskId }) => {
  const response = await get('logs?job=web/prod/hello&follow=false&tail=1&type=stdout');
  assert.is(response.headers.get('X-Accel-Buffering'), 'no');
  const events = await eventsIn(response);
  assert.equal(
    events.map(({ kind }) => kind),
    ['task', 'source', 'opened', 'data', 'end', 'closed', 'over'].sort().sort((a, b) => kinds(a) - kinds(b)),
  );
  const data = events.find((event) => event.kind === 'data');
  assert.is(data?.kind === 'data' && data.text, 'two\n');
  observer.content = Buffer.from('one\ntwo\nthree\n');
  const position = data?.kind === 'data' ? data.position : undefined;
  const resumed = await fetch(`http://127.0.0.1:${running().httpPort}/api/view/logs`, {
    method: 'POST',
    body: JSON.stringify({
      job: { role: 'web', environment: 'prod', name: 'hello' },
      streams: ['stdout'],
      resume: {
        fromMs: 0,
        tasks: { [taskId]: true },
        closed: [],
        files: { [taskId]: { 'main/0/stdout': position } },
      },
    }),
  });
  const more = (await eventsIn(resumed)).flatMap((event) => (event.kind === 'data' ? [event.text] : []));
  assert.equal(more, ['three\n']);
});

/** The order in which a file's events come; those about the task lie between. */
const kinds = (kind: string): number =>
  ['task', 'source', 'opened', 'data', 'end', 'closed', 'over'].indexOf(kind);

withTask(
  'files: a directory, a file whole, and nothing outside of the sandbox',
  async ({ get, observer, taskId }) => {
    const listed = (await (await get(`files?task=${taskId}&path=.logs/main/0`)).json()) as object;
    assert.equal(listed, {
      task: taskId,
      path: '.logs/main/0',
      entries: [{ name: 'stdout', isDirectory: false, size: 8, modifiedMs: 1_000 }],
    });
    observer.content = Buffer.alloc(700_000, 'abc\xff', 'latin1');
    const file = await get(`files?task=${taskId}&path=.logs/main/0/stdout&download=1`);
    assert.is(file.headers.get('X-Content-Type-Options'), 'nosniff');
    assert.ok(Buffer.from(await file.arrayBuffer()).equals(observer.content));
    assert.is(await codeIn(await get(`files?task=${taskId}&path=nowhere&download=1`)), '404 no such file');
    const before = observer.asked.length;
    assert.is(await codeIn(await get(`files?task=${taskId}&path=a/../../b`)), '400 bad request');
    assert.is(await codeIn(await get('files?task=http://elsewhere/&path=x')), '404 no such task');
    assert.is(await codeIn(await get('logs?task=..%2F..')), '404 no such task');
    assert.is(await codeIn(await get('logs?job=nobody')), '400 bad request');
    assert.is(await codeIn(await get('logs?job=web/prod/other')), '404 no such task');
    assert.is(observer.asked.length, before, 'nobody is asked for what is not stored');
  },
);

withTask('so many views at once, and no more', async ({ get }) => {
  const leave = new AbortController();
  const open = await Promise.all(
    Array.from({ length: 64 }, () => get('logs?job=web/prod/hello', leave.signal)),
  );
  assert.ok(open.every(({ status }) => status === 200));
  const refused = await get('logs?job=web/prod/hello');
  assert.is(await codeIn(refused), '503 busy');
  leave.abort();
  for (;;) {
    const again = await get('logs?job=web/prod/hello&follow=false');
    await again.text();
    if (again.status === 200) break;
  }
});

withTask(
  'turned off',
  async ({ get, observer, taskId }) => {
    for (const path of ['logs?job=web/prod/hello', `files?task=${taskId}`, 'usage?job=web/prod/hello'])
      assert.is(await codeIn(await get(path)), '403 off', path);
    assert.equal(observer.asked, []);
  },
  '-page_log_proxy=false',
);

/** Lets what is ready go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('nothing is made for a reader that does not read, and it is cut off after a minute', async () => {
  const clock = manualClock();
  let written = 0;
  let ended: unknown = 'not yet';
  const body = pacedBody({
    clock,
    bytesPerSec: 2 ** 30,
    signal: new AbortController().signal,
    async make(write) {
      for (;;) {
        await write(new Uint8Array(64 * 1024));
        written += 64 * 1024;
      }
    },
    ended(error) {
      ended = error;
    },
  });
  const reader = body.getReader();
  for (let turn = 0; turn < 50; turn++) await settle();
  assert.ok(written <= 320 * 1024, `${written} bytes wait`);
  const first = await reader.read();
  assert.is(first.value?.length, 64 * 1024);
  for (let turn = 0; turn < 50; turn++) await settle();
  const before = written;
  clock.advance(59_000);
  for (let turn = 0; turn < 50; turn++) await settle();
  assert.is(ended, 'not yet');
  assert.is(written, before);
  clock.advance(2_000);
  for (let turn = 0; turn < 50; turn++) await settle();
  assert.is(ended, undefined);
  await reader.closed.then(
    () => assert.unreachable('the body is cut, not ended'),
    () => {},
  );
});

test('a view gets its share of bytes a second', async () => {
  const clock = manualClock();
  let written = 0;
  const body = pacedBody({
    clock,
    bytesPerSec: 1_000,
    signal: new AbortController().signal,
    async make(write) {
      for (;;) {
        await write(new Uint8Array(500));
        written += 500;
      }
    },
    ended() {},
  });
  const reader = body.getReader();
  const read = async () => {
    for (;;) if ((await reader.read()).done) return;
  };
  void read();
  for (let second = 0; second < 10; second++) {
    for (let turn = 0; turn < 50; turn++) await settle();
    clock.advance(1_000);
  }
  for (let turn = 0; turn < 50; turn++) await settle();
  assert.ok(written >= 9_000 && written <= 12_000, `${written} bytes in 10 s`);
  await reader.cancel();
});

test.run();
