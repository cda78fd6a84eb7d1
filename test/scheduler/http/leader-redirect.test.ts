import { Hono } from 'hono';
import { callOf, decodeMessage, encodeMessage } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import type { CallerEnv } from '../../../src/scheduler/http/caller.ts';
import { httpApp } from '../../../src/scheduler/http/http-app.ts';
import type { Leader } from '../../../src/scheduler/http/leader-redirect.ts';
import { standbyApp } from '../../../src/scheduler/http/standby-app.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { ANY_SITE } from '../builders.ts';

const test = suite('leader redirect');

const OTHER = { host: 'leader.example.com', port: 8082 };
const ORIGIN = 'http://standby.example.com:8081';

const common = () => {
  const clock = manualClock();
  return {
    clock,
    counters: counters(clock),
    log: silentLogger,
    sites: ANY_SITE,
    healthy: () => true,
  };
};

/** An app that answers 200 "here" where it serves by itself. */
function site(leader: Leader, leading = false) {
  const pages = new Hono<CallerEnv>();
  pages.all('*', (c) => c.text('here'));
  return httpApp({
    ...common(),
    dispatch: async () => ({ responseCode: 'OK' }),
    pages,
    leader: () => leader,
    leading: () => leading,
  });
}

const standby = (leader: Leader) =>
  standbyApp({ ...common(), clusterName: 'west', statsUrlPrefix: '', leader: () => leader });

/** Source: the original's LeaderRedirectFilter. */
const REDIRECTED = [
  '/agents',
  '/api',
  '/apibeta',
  '/apibeta/getJobs',
  '/apiclient/ReadOnlyScheduler.js',
  '/assets/scheduler/index.html',
  '/cron',
  '/maintenance',
  '/mname/www/prod/hello/0/some/page',
  '/offers',
  '/pendingtasks',
  '/quotas',
  '/scheduler',
  '/scheduler/www/prod/hello',
  '/slaves',
  '/state',
  '/statement',
  '/tiers',
  '/updates',
  '/updates/www',
  '/utilization/quota_consumed/www',
];
const LOCAL = [
  '/',
  '/assets/other.js',
  '/health',
  '/index.html',
  '/leaderhealth',
  '/metrics',
  '/schedulers',
  '/structdump/task/x',
  '/vars',
  '/vars.json',
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'];

test('every path of the leader is sent there, by every method, with path and query as they came', async () => {
  for (const path of REDIRECTED)
    for (const method of METHODS) {
      const asked = `${path}?role=w%20w&x=%2F`;
      const answer = await site(OTHER).request(`${ORIGIN}${asked}`, { method });
      assert.is(answer.status, 307, `${method} ${path}`);
      assert.is(answer.headers.get('Location'), `http://leader.example.com:8082${asked}`);
      assert.is(await answer.text(), '');
    }
  count('leader redirect, paths by methods', REDIRECTED.length * METHODS.length);
});

test('the scheme is that of the request, and an IPv6 host keeps its brackets', async () => {
  const leader = { host: '2001:db8::7', port: 80 };
  const answer = await site(leader).request('https://standby.example.com/offers');
  assert.is(answer.headers.get('Location'), 'https://[2001:db8::7]:80/offers');
});

test('without a leader there is a page that says so, with 503', async () => {
  for (const path of REDIRECTED) {
    const answer = await site('nobody').request(`${ORIGIN}${path}`);
    assert.is(answer.status, 503, path);
    assert.match(answer.headers.get('Content-Type') ?? '', 'text/html');
    assert.match(await answer.text(), 'No leading scheduler');
  }
});

test('what belongs to each instance is answered here, whoever leads', async () => {
  for (const leader of [OTHER, 'nobody', 'self'] as const)
    for (const path of LOCAL) {
      const { status } = await site(leader).request(`${ORIGIN}${path}`);
      assert.ok(status === 200 || path === '/leaderhealth', `${path}: ${status}`);
    }
});

test('the leader answers everything itself', async () => {
  for (const path of REDIRECTED.filter((name) => !name.startsWith('/api')))
    assert.is(await (await site('self').request(`${ORIGIN}${path}`)).text(), 'here', path);
});

test('the header Bypass-Leader-Redirect, whatever its value, keeps a request here', async () => {
  for (const leader of [OTHER, 'nobody'] as const)
    for (const value of ['true', 'false', '']) {
      const headers = { 'Bypass-Leader-Redirect': value };
      const answer = await site(leader).request(`${ORIGIN}/offers`, { headers });
      assert.is(await answer.text(), 'here', `${value}`);
    }
});

test('/leaderhealth: 200 for the leader at work, 503 for another one, 502 for none', async () => {
  const health = async (leader: Leader, leading = false) => {
    const answer = await site(leader, leading).request(`${ORIGIN}/leaderhealth`);
    assert.match(answer.headers.get('Content-Type') ?? '', 'text/plain');
    return [answer.status, await answer.text()];
  };
  assert.equal(await health('self', true), [200, 'This instance is the leader.\n']);
  assert.equal(await health(OTHER), [503, 'Another instance leads: http://leader.example.com:8082\n']);
  assert.is((await health('nobody'))[0], 502);
  assert.is((await health('self'))[0], 502);
});

test('the page of a standby names the leader; what only a leader has is not there', async () => {
  const app = standby(OTHER);
  const page = await app.request(`${ORIGIN}/`);
  assert.is(page.status, 200);
  assert.match(await page.text(), '<a href="http://leader.example.com:8082">');
  assert.is((await app.request(`${ORIGIN}/structdump/task/x`)).status, 503);
  assert.match(await (await standby('nobody').request(`${ORIGIN}/`)).text(), 'No leading scheduler');
  assert.match(await (await standby('self').request(`${ORIGIN}/`)).text(), 'taking over');
});

test('a call that a standby has to answer gets ERROR_TRANSIENT, so that it is tried again', async () => {
  const binary = 'application/vnd.apache.thrift.binary';
  for (const [leader, why] of [
    [OTHER, 'does not lead'],
    ['self', 'still reading its state'],
  ] as const) {
    const answer = await standby(leader).request(`${ORIGIN}/api`, {
      method: 'POST',
      headers: { 'Content-Type': binary, Accept: binary, 'Bypass-Leader-Redirect': '1' },
      body: encodeMessage(callOf('getJobs', { ownerRole: 'www' }), 'binary') as Uint8Array<ArrayBuffer>,
    });
    const reply = decodeMessage(new Uint8Array(await answer.arrayBuffer()), 'binary');
    assert.is(reply.kind, 'reply');
    if (reply.kind !== 'reply') continue;
    assert.is(reply.response.responseCode, 'ERROR_TRANSIENT');
    assert.match(reply.response.details?.[0]?.message ?? '', why);
    assert.is(reply.response.serverInfo?.clusterName, 'west');
  }
});

test.run();
