import type { FirstView } from '../../../src/api/views/shared.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('documents of the page');

let scheduler: TestScheduler;
test.before(async () => {
  scheduler = await testScheduler();
  scheduler.mesos.subscribe();
});
test.after(() => scheduler.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${scheduler.running().httpPort}${path}`, { headers, redirect: 'manual' });

/** The view inside a document. */
function firstOf(html: string): FirstView {
  const found = /<script type="application\/json" id="first">(.*?)<\/script>/s.exec(html);
  return JSON.parse(found?.[1] ?? 'null') as FirstView;
}

const HTML = { Accept: 'text/html,application/xhtml+xml' };

test('the address of the scheduler leads to the page', async () => {
  for (const path of ['/', '/index.html', '/assets/scheduler/index.html']) {
    const response = await get(path);
    assert.is(response.status, 302, path);
    assert.is(response.headers.get('Location'), '/scheduler');
  }
});

test('every address of the original and of ours is a document with its first view', async () => {
  await scheduler.call('createJob', { description: wireJob() });
  for (const [path, request] of [
    ['/scheduler', '/api/view/roles'],
    ['/scheduler/', '/api/view/roles'],
    ['/scheduler/web', '/api/view/jobs?role=web'],
    ['/scheduler/web/prod', '/api/view/jobs?role=web&environment=prod'],
    ['/scheduler/web/prod/hello?jobView=history&taskView=config', '/api/view/job?job=web%2Fprod%2Fhello'],
    ['/scheduler/web/prod/hello/0', '/api/view/instance?job=web%2Fprod%2Fhello&instance=0'],
    ['/scheduler/web/prod/hello/task/x', '/api/view/task?job=web%2Fprod%2Fhello&id=x'],
    ['/scheduler/web/prod/hello/update/u', '/api/view/update?job=web%2Fprod%2Fhello&id=u'],
    ['/updates', '/api/view/updates'],
    ['/pending', '/api/view/pending'],
    ['/agents/map', '/api/view/agents'],
    ['/agents/host/h', '/api/view/agent?host=h'],
    ['/maintenance/view', '/api/view/maintenance'],
    ['/cron/view', '/api/view/cron'],
    ['/quotas/view', '/api/view/quota'],
    ['/search?q=hel', '/api/view/search?q=hel'],
    ['/state/view', '/api/view/scheduler'],
  ] as const) {
    const response = await get(path);
    assert.is(response.status, 200, path);
    assert.match(response.headers.get('Content-Type') ?? '', /^text\/html/, path);
    const first = firstOf(await response.text());
    assert.is(first.request, request, path);
    const view = await get(request);
    assert.is(first.status, view.status, path);
    if (path !== '/state/view') assert.equal(first.view, await view.json(), path);
  }
});

test('programs get the JSON that they always got, browsers are led to the page', async () => {
  for (const [path, view] of [
    ['/cron', '/cron/view'],
    ['/maintenance', '/maintenance/view'],
    ['/pendingtasks', '/pending'],
    ['/quotas', '/quotas/view'],
  ] as const) {
    for (const headers of [{}, { Accept: '*/*' }, { Accept: 'application/json' }] as Record<
      string,
      string
    >[]) {
      const response = await get(path, headers);
      assert.is(response.headers.get('Content-Type'), 'application/json', path);
      assert.match(response.headers.get('Vary') ?? '', /Accept/);
    }
    const page = await get(path, HTML);
    assert.is(page.headers.get('Location'), view);
  }
  assert.is((await get('/quotas?role=web', HTML)).headers.get('Content-Type'), 'application/json');
  assert.match((await get('/agents', HTML)).headers.get('Content-Type') ?? '', /^text\/html/);
});

test('nothing from elsewhere can be loaded or run, and the page is in no frame', async () => {
  const { headers } = await get('/scheduler');
  const policy = headers.get('Content-Security-Policy') ?? '';
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    assert.ok(policy.includes(rule), rule);
  assert.is(headers.get('X-Content-Type-Options'), 'nosniff');
  assert.is(headers.get('Referrer-Policy'), 'same-origin');
});

test('files of the page are named by their content, kept for ever and compressed beforehand', async () => {
  const html = await (await get('/scheduler')).text();
  const names = [...html.matchAll(/"(\/assets\/[\w.-]+)"/g)].map(([, name]) => name as string);
  // The script, what it imports, the theme and the style.
  assert.is(names.length, 4);
  for (const name of names) {
    assert.match(name, /-[A-Z0-9]{8}\.(js|css)$/);
    const plain = await get(name, { 'Accept-Encoding': 'identity' });
    assert.is(plain.status, 200);
    assert.match(plain.headers.get('Cache-Control') ?? '', /immutable/);
    assert.is(plain.headers.get('Content-Encoding'), null);
    const text = await plain.text();
    for (const encoding of ['gzip', 'br']) {
      const packed = await get(name, { 'Accept-Encoding': encoding });
      assert.is(packed.headers.get('Content-Encoding'), encoding);
      assert.is(await packed.text(), text);
    }
  }
  assert.is((await get('/assets/nothing-ABCDEFGH.js')).status, 404);
  assert.is((await get('/assets/entries.json')).status, 404);
});

test('text of users cannot end the block that it is in', async () => {
  const job = { ...JOB, name: 'hostile' };
  const evil = '</script><script>alert(1)</script>';
  const taskConfig = wireConfig({ job, contactEmail: evil });
  const made = await scheduler.call('createJob', { description: wireJob({ key: job, taskConfig }) });
  assert.is(made.responseCode, 'OK');
  const html = await (await get('/scheduler/web/prod/hostile')).text();
  assert.not.ok(html.includes('<script>alert'));
  assert.is((firstOf(html).view as { contact: string }).contact, evil);
});

test.run();
