import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runnerFile, taskFile } from '../../src/api/checkpoints/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { checkpointOf, observedWorld } from './observed-world.ts';

const test = suite('observer');

test('tasks come, finish and go, and the counts follow', () =>
  observedWorld(async ({ root, task, json, look }) => {
    assert.equal(await json('/j/task_id_count'), { active: 0, finished: 0, all: 0 });
    const sandbox = task('t-1');
    task('t-2');
    look();
    assert.equal(await json('/j/task_id_count'), { active: 2, finished: 0, all: 2 });
    const files = join(dirname(sandbox), 'checkpoints');
    renameSync(taskFile(files, 'active', 't-1'), taskFile(files, 'finished', 't-1'));
    look();
    assert.equal(await json('/j/task_id_count'), { active: 1, finished: 1, all: 2 });
    renameSync(taskFile(files, 'finished', 't-1'), taskFile(files, 'active', 't-1'));
    look();
    assert.equal(await json('/j/task_id_count'), { active: 2, finished: 0, all: 2 });
    rmSync(join(root, 'slaves/s/frameworks/f/executors/thermos-t-2'), { recursive: true });
    look();
    assert.equal(await json('/j/task_id_count'), { active: 1, finished: 0, all: 1 });
  }));

test("JSON has the original's shapes, and shows exit code 0", () =>
  observedWorld(async ({ task, json, look }) => {
    task('t-1');
    look();
    const nothing = {
      cpu: 0,
      ram: 0,
      user: 0,
      system: 0,
      rss: 0,
      vms: 0,
      nice: null,
      status: null,
      threads: 0,
      disk: 0,
    };
    assert.equal(await json('/j/task/t-1'), {
      't-1': {
        task_id: 't-1',
        name: 'web',
        launch_timestamp: 1_500_000_000,
        state: 'ACTIVE',
        state_timestamp: 1_500_000_000,
        user: 'www',
        resource_consumption: nothing,
        ports: { http: 31_000 },
        processes: { waiting: [], running: [], success: ['web'], failed: [], killed: [] },
        task: { name: 'web', processes: [{ name: 'web', cmdline: 'run <&>' }] },
      },
    });
    assert.equal(await json('/j/process/t-1/web'), {
      process_name: 'web',
      process_run: 0,
      state: 'SUCCESS',
      start_time: 1_500_000_002,
      stop_time: 1_500_000_003,
      return_code: 0,
    });
    assert.equal(await json('/j/process/t-1/web/7'), {});
    assert.equal(await json('/j/process/none/web'), {});
    const main = (await json('/j/task_ids/active/0/5')) as { tasks: object[]; task_count: number };
    assert.equal([main.tasks.length, main.task_count], [1, 1]);
    assert.equal(
      Object.keys(main.tasks[0] ?? {}).sort(),
      [
        ...Object.keys(nothing),
        'task_id',
        'name',
        'role',
        'launch_timestamp',
        'state',
        'state_timestamp',
        'ports',
      ].sort(),
    );
    assert.equal(await json('/j/processes?task_id=t-1,none'), {
      't-1': { web: await json('/j/process/t-1/web') },
    });
  }));

test('what is unknown is a 404, and no mistake in an address a 500', () =>
  observedWorld(async ({ task, app, look }) => {
    task('t-1');
    look();
    for (const path of [
      '/task/none',
      '/rawtask/none',
      '/process/t-1/none',
      '/main/odd',
      '/main/all/x',
      '/logs/t-1/web/0/other',
      '/logs/t-1/web/9/stdout',
      '/browse/none',
      '/browse/t-1/none',
      '/file/t-1/none',
      '/file/t-1/%ff',
      '/download/t-1/none',
      '/j/task/none',
      '/j/task_ids/odd',
      '/j/history/none',
      '/vars/none',
      '/nowhere',
    ])
      assert.is((await app.request(path)).status, 404, path);
    for (const path of [
      '/',
      '/main',
      '/task/t-1',
      '/rawtask/t-1',
      '/process/t-1/web',
      '/browse/t-1',
      '/health',
      '/vars',
      '/vars.json',
      '/logs/t-1/web/0/stdout',
    ])
      assert.is((await app.request(path)).status, 200, path);
  }));

test('why a task is not here is said wherever it is asked for', () =>
  observedWorld(async ({ root, task, app, json, look }) => {
    const sandbox = task('t-1');
    task('t-2');
    look();
    const files = join(dirname(sandbox), 'checkpoints');
    renameSync(taskFile(files, 'active', 't-1'), taskFile(files, 'finished', 't-1'));
    look();
    for (const id of ['t-1', 't-2'])
      rmSync(join(root, `slaves/s/frameworks/f/executors/thermos-${id}`), { recursive: true });
    look();
    for (const path of ['task', 'rawtask', 'browse', 'j/task', 'j/history', 'j/metrics', 'j/browse'])
      for (const [id, says] of [
        ['t-1', /the sandbox of task t-1 was collected by 20\d\d-.* UTC/],
        ['t-2', /the run directory of task t-2 was removed by .* while the task was still active/],
        ['t-3', /no task t-3 is known on .*, or its sandbox was collected before .* UTC/],
      ] as const) {
        const answer = await app.request(`/${path}/${id}`);
        assert.is(answer.status, 404);
        assert.match(await answer.text(), says, path);
      }
    for (const path of [
      'logs/t-1/web/0/stdout',
      'tail/t-1/web/0/stdout',
      'process/t-1/web',
      'download/t-1/x',
    ])
      assert.match(await (await app.request(`/${path}`)).text(), /was collected by/, path);
    task('t-1');
    look();
    assert.ok((await json('/j/task/t-1'))['t-1'], 'is here again');
  }));

test('chunks have the original’s offsets, escapes and length, and a cap', () =>
  observedWorld(async ({ task, json, app, look }) => {
    const sandbox = task('t-1');
    look();
    writeFileSync(join(sandbox, '.logs/web/0/stdout'), 'a<b>&é\n');
    const at = '/logdata/t-1/web/0/stdout';
    assert.equal(await json(at), { offset: 8, length: 0 });
    assert.equal(await json(`${at}?offset=0`), { offset: 0, length: 8, data: 'a&lt;b&gt;&amp;é\n' });
    assert.equal(await json(`${at}?offset=1&length=2`), { offset: 1, length: 2, data: '&lt;b' });
    assert.equal(await json(`${at}?offset=100`), { offset: 100, length: 0 });
    assert.equal(await json(`${at}?offset=x`), {});
    assert.equal(await json('/logdata/t-1/web/0/other'), {});
    writeFileSync(join(sandbox, 'big'), Buffer.alloc(3 * 2 ** 20, 'x'));
    const big = await json('/filedata/t-1/big?offset=0&length=999999999999');
    assert.is(big.length, 2 ** 20);
    const part = await app.request('/download/t-1/big', { headers: { Range: 'bytes=10-19' } });
    assert.equal(
      [part.status, await part.text(), part.headers.get('content-range')],
      [206, 'x'.repeat(10), `bytes 10-19/${3 * 2 ** 20}`],
    );
  }));

test('nothing outside of the sandbox is read, however it is asked for', () =>
  observedWorld(async ({ root, task, app, json, look }) => {
    const sandbox = task('t-1');
    look();
    const secret = join(root, 'secret');
    writeFileSync(secret, 'secret');
    mkdirSync(`${sandbox}-sibling`);
    writeFileSync(`${sandbox}-sibling/secret`, 'secret');
    symlinkSync(secret, join(sandbox, 'link'));
    symlinkSync(root, join(sandbox, 'out'));
    symlinkSync('.logs', join(sandbox, 'inside'));
    for (const path of [
      'link',
      'out/secret',
      '..%2Fsandbox-sibling%2Fsecret',
      '..%2F..%2F..%2Fsecret',
      '%2Fetc%2Fpasswd',
      'a%00b',
    ]) {
      assert.equal(await json(`/filedata/t-1/${path}?offset=0`), {}, path);
      assert.is((await app.request(`/file/t-1/${path}`)).status, 404, path);
      assert.is((await app.request(`/download/t-1/${path}`)).status, 404, path);
    }
    assert.is((await app.request('/browse/t-1/out')).status, 404);
    assert.is((await app.request('/browse/t-1/inside')).status, 200);
  }));

test('a checkpoint that calls another directory its sandbox is not believed', () =>
  observedWorld(async ({ task, app, json, look }) => {
    task('t-1', { header: { sandbox: '/etc', log_dir: '/etc' } });
    look();
    assert.equal(await json('/filedata/t-1/passwd?offset=0'), {});
    assert.is((await app.request('/browse/t-1')).status, 404);
  }));

test('names are text in pages, whatever they are', () =>
  observedWorld(async ({ task, app, look }) => {
    const sandbox = task('t-1', { config: { name: '<script>alert(1)</script>', processes: [] } });
    writeFileSync(join(sandbox, '<img src=x onerror=1>'), '');
    writeFileSync(join(sandbox, '.logs/web/0/stdout'), '</pre><script>1</script>');
    look();
    for (const path of ['/', '/task/t-1', '/rawtask/t-1', '/browse/t-1', '/logs/t-1/web/0/stdout']) {
      const page = await (await app.request(path)).text();
      assert.not.match(page, /<script|<img/, path);
    }
  }));

test('a checkpoint is read on as it grows, and anew when it was written anew', () =>
  observedWorld(async ({ task, json, look }) => {
    const sandbox = task('t-1');
    look();
    const file = runnerFile(join(dirname(sandbox), 'checkpoints'), 't-1');
    const whole = checkpointOf(sandbox, 't-1');
    writeFileSync(file, whole.subarray(0, whole.length - 5));
    assert.is((await json('/j/process/t-1/web')).state, 'RUNNING');
    writeFileSync(file, whole);
    assert.is((await json('/j/process/t-1/web')).state, 'SUCCESS');
    writeFileSync(`${file}.new`, checkpointOf(sandbox, 't-1', { dropped_runs: { web: 40 } }).subarray(0, -1));
    renameSync(`${file}.new`, file);
    const run = await json('/j/process/t-1/web');
    assert.equal([run.process_run, run.state], [40, 'RUNNING']);
  }));

test('a log is followed as events, a character that is cut waits for its rest', () =>
  observedWorld(async ({ task, app, clock, look }) => {
    const sandbox = task('t-1');
    look();
    const file = join(sandbox, '.logs/web/0/stdout');
    const text = Buffer.from('one é');
    writeFileSync(file, text.subarray(0, text.length - 1));
    const response = await app.request('/tail/t-1/web/0/stdout?offset=0');
    assert.is(response.headers.get('content-type'), 'text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    assert.is(await next(), 'event: data\ndata: {"offset":0,"data":"one "}\n\n');
    writeFileSync(file, text);
    const waiting = next();
    for (let at = 0; at < 20; at++) {
      clock.advance(500);
      await new Promise((done) => setTimeout(done, 5));
    }
    assert.is(await waiting, 'event: data\ndata: {"offset":4,"data":"é"}\n\n');
    await reader.cancel();
  }));

interface Scenario {
  readonly id: string;
  readonly runner: { readonly task_id: string };
  readonly outcome: {
    readonly task_state: string | null;
    readonly processes: Readonly<Record<string, { runs: number; final_state: string }>>;
  };
  readonly raw_base64?: Readonly<Record<string, string>> | 'omitted';
}

test(
  "the original's own checkpoints are shown as they ended",
  () =>
    observedWorld(async ({ task, json, look }) => {
      const names = JSON.parse(readFileSync('test/golden/thermos/index.json', 'utf8')) as readonly {
        id: string;
      }[];
      const shown: Scenario[] = [];
      for (const { id } of names) {
        const scenario = JSON.parse(
          readFileSync(`test/golden/thermos/scenarios/${id}.json`, 'utf8'),
        ) as Scenario;
        if (typeof scenario.raw_base64 !== 'object' || !scenario.raw_base64.runner) continue;
        if (/^(trunc|garbage|dup|empty|zero)/.test(id)) continue;
        task(scenario.runner.task_id, { checkpoint: Buffer.from(scenario.raw_base64.runner, 'base64') });
        shown.push(scenario);
      }
      look();
      for (const { id, runner, outcome } of shown) {
        const view = (await json(`/j/task/${encodeURIComponent(runner.task_id)}`))[runner.task_id] as {
          state: string;
        };
        assert.is(view?.state, outcome.task_state, id);
        for (const [name, { runs, final_state }] of Object.entries(outcome.processes)) {
          const run = await json(
            `/j/process/${encodeURIComponent(runner.task_id)}/${encodeURIComponent(name)}`,
          );
          assert.equal([run.process_run, run.state], [runs - 1, final_state], `${id} ${name}`);
        }
      }
      count('golden/thermos tasks shown by the observer', shown.length);
    }),
  60_000,
);

test.run();
