import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GetTierConfigResult } from '../../src/api/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { AuroraError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { imageDigests } from '../../src/client/docker-registry.ts';
import { loadJob } from '../../src/client/job-config.ts';
import type { SchedulerClient } from '../../src/client/scheduler-client.ts';
import type { Session } from '../../src/client/session.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('digests of Docker images');
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const V2 = 'application/vnd.docker.distribution.manifest.v2+json';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Registry {
  readonly address: string;
  readonly host: string;
  /** Method, path and token of every request. */
  readonly asked: string[];
}

/** Runs a test against a registry that answers as told; anything not told is a 404. */
async function withRegistry(
  answers: Readonly<Record<string, Answer>>,
  body: (registry: Registry) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    asked.push([method, url, headers.authorization].filter(Boolean).join(' '));
    const answer = answers[url.split('?')[0] as string];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await body({ address: `http://${host}`, host, asked });
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

const ok: Answer = (_, response) => void response.writeHead(200).end();
const manifest: Answer = ({ headers }, response) =>
  void response.writeHead(headers.accept === V2 ? 200 : 404, { 'Docker-Content-Digest': DIGEST }).end();
const behindToken =
  (inner: Answer, scope: string): Answer =>
  (request, response) => {
    if (request.headers.authorization === 'Bearer t0ken') return inner(request, response);
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="here"${scope}`;
    response.writeHead(401, { 'Www-Authenticate': challenge }).end();
  };

const env = { NO_PROXY: '127.0.0.1' };
const session = { env, signal: new AbortController().signal };
const WEB = { name: 'shop/web', tag: '4.2' };

const refusal = async (asking: Promise<unknown>): Promise<AuroraError> => {
  try {
    await asking;
  } catch (error) {
    assert.instance(error, AuroraError);
    return error as AuroraError;
  }
  throw new Error('it was answered');
};

test('come from the registry, with its host in front', () =>
  withRegistry({ '/v2/': ok, '/v2/shop/web/manifests/4.2': manifest }, async ({ address, host, asked }) => {
    const digests = await imageDigests(session, `${address}/`, [WEB]);
    assert.equal([...digests], [['shop/web:4.2', `${host}/shop/web@${DIGEST}`]]);
    assert.equal(asked, ['HEAD /v2/', 'HEAD /v2/shop/web/manifests/4.2']);
  }));

test('come with a token where the registry gives one to everybody', () =>
  withRegistry(
    {
      '/v2/': behindToken(ok, ''),
      '/v2/shop/web/manifests/4.2': behindToken(manifest, ',scope="repository:shop/web:pull"'),
      '/token': (_, response) => void response.end('{"token":"t0ken"}'),
    },
    async ({ address, host, asked }) => {
      const digests = await imageDigests(session, address, [WEB]);
      assert.is(digests.get('shop/web:4.2'), `${host}/shop/web@${DIGEST}`);
      assert.ok(asked.includes('GET /token?service=here&scope=repository%3Ashop%2Fweb%3Apull'));
      assert.is(asked.at(-1), 'HEAD /v2/shop/web/manifests/4.2 Bearer t0ken');
    },
  ));

test('come for images that have no manifest of the old kind', () =>
  withRegistry(
    {
      '/v2/': ok,
      '/v2/shop/web/manifests/4.2': ({ headers }, response) =>
        void response
          .writeHead(headers.accept?.includes('oci.image.index') ? 200 : 404, {
            'Docker-Content-Digest': DIGEST,
          })
          .end(),
    },
    async ({ address, host }) => {
      const digests = await imageDigests(session, address, [WEB]);
      assert.is(digests.get('shop/web:4.2'), `${host}/shop/web@${DIGEST}`);
    },
  ));

test('come from where the registry sends us, which does not get its token', () =>
  withRegistry({ '/moved': manifest }, (other) =>
    withRegistry(
      {
        '/v2/': behindToken(ok, ''),
        '/token': (_, response) => void response.end('{"access_token":"t0ken"}'),
        '/v2/shop/web/manifests/4.2': behindToken(
          (_, response) => void response.writeHead(307, { Location: `${other.address}/moved` }).end(),
          '',
        ),
      },
      async ({ address, host }) => {
        const digests = await imageDigests(session, address, [WEB]);
        assert.is(digests.get('shop/web:4.2'), `${host}/shop/web@${DIGEST}`);
        assert.equal(other.asked, ['HEAD /moved']);
      },
    ),
  ));

test('nobody is asked when there is no image', async () => {
  assert.is((await imageDigests(session, 'http://127.0.0.1:1', [])).size, 0);
});

const private_: Answer = (_, response) =>
  void response.writeHead(401, { 'Www-Authenticate': 'Basic realm="x"' }).end();
const CASES: Readonly<
  Record<string, { readonly answers: Readonly<Record<string, Answer>>; readonly says: RegExp }>
> = {
  'a server that is no registry': {
    answers: {},
    says: /is no Docker registry of version 2: it answered 404/,
  },
  'an unknown image': { answers: { '/v2/': ok }, says: /does not know the image shop\/web:4\.2; check name/ },
  'a registry that wants a password': { answers: { '/v2/': private_ }, says: /wants credentials/ },
  'a challenge without words': {
    answers: { '/v2/': (_, response) => void response.writeHead(401).end() },
    says: /wants credentials/,
  },
  'a private image': {
    answers: {
      '/v2/': ok,
      '/v2/shop/web/manifests/4.2': behindToken(private_, ''),
      '/token': (_, response) => void response.end('{"token":"t0ken"}'),
    },
    says: /manifests\/4\.2 is not for everybody/,
  },
  'a token server that fails': {
    answers: {
      '/v2/': behindToken(ok, ''),
      '/token': (_, response) => void response.writeHead(503).end(),
    },
    says: /\/token gives no token for .*: it answered 503/,
  },
  'a token that is none': {
    answers: {
      '/v2/': behindToken(ok, ''),
      '/token': (_, response) => void response.end('{"token":"a\\nb"}'),
    },
    says: /gives no token/,
  },
  'an answer without a digest': {
    answers: { '/v2/': ok, '/v2/shop/web/manifests/4.2': ok },
    says: /knows shop\/web:4\.2, but does not tell its digest/,
  },
  'a registry in trouble': {
    answers: {
      '/v2/': ok,
      '/v2/shop/web/manifests/4.2': (_, response) => void response.writeHead(500).end(),
    },
    says: /answered 500 when asked for the image shop\/web:4\.2/,
  },
  'a redirect without an end': {
    answers: { '/v2/': (_, response) => void response.writeHead(302, { Location: '/v2/' }).end() },
    says: /more than 5 redirects/,
  },
  'a connection that breaks': {
    answers: { '/v2/': (request) => void request.socket.destroy() },
    says: /see whether the registry is up/,
  },
  'a registry that never answers': { answers: { '/v2/': () => {} }, says: /timeout of 300 ?ms/ },
};

for (const [what, { answers, says }] of Object.entries(CASES)) {
  test(`${what} is named`, () =>
    withRegistry(answers, async ({ address }) => {
      const error = await refusal(imageDigests(session, address, [WEB], { timeoutMs: 300 }));
      assert.is(error.code, 'CONFIG');
      assert.match(error.message, says);
    }));
}

test('an address without a scheme is refused with how to write it', async () => {
  const { message } = await refusal(imageDigests(session, 'registry.test:5000', [WEB]));
  assert.match(message, /docker_registry registry\.test:5000 is no address/);
});

const tiers: GetTierConfigResult = { defaultTierName: 'preemptible', tiers: [] };

test('a job gets them on its way to the scheduler, from the registry of its cluster', () =>
  withRegistry({ '/v2/': ok, '/v2/shop/web/manifests/4.2': manifest }, async ({ address, host, asked }) => {
    const folder = mkdtempSync(join(tmpdir(), 'aurora-registry-'));
    try {
      const entry = { name: 'east', scheduler_uri: 'http://127.0.0.1:1', docker_registry: address };
      writeFileSync(join(folder, 'clusters.json'), JSON.stringify([entry]));
      const file = join(folder, 'web.aurora.ts');
      writeFileSync(
        file,
        `import { Docker, imageDigest, Service, SimpleTask } from 'aurora';
           export default Service({ cluster: 'east', role: 'shop', environment: 'prod', name: 'web',
             container: Docker({ image: imageDigest('shop/web', '4.2') }),
             task: SimpleTask('p', 'run {{docker.image[shop/web][4.2]}}') });`,
      );
      const world: Session = {
        env: { ...env, HOME: folder, AURORA_CONFIG_ROOT: folder, USER: 'me' },
        clock: systemClock,
        signal: session.signal,
        log: silentLogger,
        print: () => {},
        complain: () => {},
        openPage: () => {},
        terminal: () => undefined,
        stdio: [0, 1, 2],
      };
      const scheduler = {
        query: async () => ({ responseCode: 'OK', result: { getTierConfigResult: tiers } }),
      } as unknown as SchedulerClient;
      const key = { cluster: 'east', role: 'shop', environment: 'prod', name: 'web' };
      const load = () => loadJob(world, () => scheduler, key, file, { binds: {}, json: false });
      const { jobConfiguration, job } = await load();
      const image = `${host}/shop/web@${DIGEST}`;
      assert.is(jobConfiguration.taskConfig?.container?.docker?.image, image);
      assert.is(job.task.processes[0]?.cmdline, `run ${image}`);
      assert.is(asked.length, 2, 'one image, however often it is named');
      writeFileSync(
        join(folder, 'clusters.json'),
        JSON.stringify([{ ...entry, docker_registry: `${address}/nothing` }]),
      );
      const { message, exitCode } = await refusal(load());
      assert.is(exitCode, 3);
      assert.match(message, /^Error loading configuration: .* is no Docker registry/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }));

test.run();
