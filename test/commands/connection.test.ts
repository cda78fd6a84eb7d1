/** How a scheduler is reached, and what is said when it is not: one sentence, and the exit code that scripts look at. */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import {
  type AddressInfo,
  createServer as createPlainServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import { resolve } from 'node:path';
import { type Call, decodeMessage, encodeMessage } from '../../src/api/index.ts';
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';

const test = suite('connection');

const pem = (name: string) => resolve('test/client/certificates', name);
const LIST = ['job', 'list', 'west/web'];
const listing = (headers?: Record<string, string>) => ({
  method: 'getJobs',
  args: ANY_ARGS,
  reply: { responseCode: 'OK' },
  ...(headers ? { headers } : {}),
});

let line: CommandLine;
/** Variables of the environment beyond those that every command line has. */
let variables: Record<string, string> = {};
let opened: (Server | NetServer)[] = [];
const sockets = new Set<Socket>();
test.beforeEach(() => {
  line = commandLine();
  variables = {};
});
test.afterEach(async () => {
  line.remove();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of opened) {
    await new Promise((done) => server.close(done));
  }
  opened = [];
});

async function listen(server: Server | NetServer): Promise<number> {
  opened.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** A scheduler behind TLS, in which nothing runs. */
const secure = (options: ServerOptions = {}, certificate = 'server') =>
  listen(
    createServer(
      {
        cert: readFileSync(pem(`${certificate}.pem`)),
        key: readFileSync(pem(`${certificate}.key`)),
        ...options,
      },
      async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const { method, seqid } = decodeMessage(Buffer.concat(chunks), 'binary') as Call;
        const answer = { responseCode: 'OK' as const, details: [] };
        response.end(encodeMessage({ kind: 'reply', method, seqid, response: answer }, 'binary'));
      },
    ),
  );

/** An answer of which only the beginning comes. */
const cutting = () =>
  listen(
    createPlainServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
      });
    }),
  );

const plainAnswer = (status: number) =>
  listen(
    createHttpServer((request, response) => {
      request.resume().once('end', () => response.writeHead(status).end());
    }),
  );

const https = (port: number, entry: object = {}) =>
  line.useScheduler(port, { scheduler_uri: `https://127.0.0.1:${port}`, ca_file: pem('ca.pem'), ...entry });

const closedPort = async () => {
  const server = createPlainServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
};

/** A door that leads back to itself. */
const circle = () =>
  listen(
    createHttpServer((request, response) => {
      const Location = `http://${request.headers.host}${request.url}`;
      request.resume().once('end', () => response.writeHead(307, { Location }).end());
    }),
  );

const silent = () => listen(createPlainServer((socket) => void socket.on('error', () => {})));

const far = () => line.useScheduler(1, { scheduler_uri: 'http://scheduler.example:8081' });

/** What went wrong, how the client got there, and what it then says and ends with. */
const FAILURES: readonly (readonly [
  what: string,
  arrange: () => Promise<unknown>,
  code: number,
  text: RegExp,
  words?: readonly string[],
])[] = [
  [
    'an unknown cluster',
    async () => line.useScheduler(1),
    3,
    /^Unknown cluster: esat; known are local, west; .*clusters\.json$/,
    ['job', 'list', 'esat/web'],
  ],
  [
    'no leader: a standby that knows none',
    async () => line.useScheduler(await plainAnswer(503)),
    9,
    /^gave up on getJobs after 20 s: west does not answer: 503 .*; see whether .*'aurora cluster check west'$/,
    [...LIST, '--retry-for', '20s'],
  ],
  [
    'redirects that go round in a circle',
    async () => line.useScheduler(await circle()),
    7,
    /^http:\S+: more than 5 redirects; see whether scheduler_uri is that of a scheduler$/,
  ],
  [
    'a ZooKeeper that never answers',
    async () =>
      line.useScheduler(1, {
        scheduler_uri: undefined,
        zk: `127.0.0.1:${await silent()}`,
        scheduler_zk_path: '/a',
      }),
    9,
    /^gave up on getJobs after 20 s: west does not answer: ZooKeeper at 127\.0\.0\.1:\d+ does not answer .*; see whether .*'aurora cluster check west'$/,
    [...LIST, '--retry-for', '20s'],
  ],
  [
    'a proxy that refuses',
    async () => {
      far();
      variables = { HTTP_PROXY: `http://127.0.0.1:${await plainAnswer(403)}` };
    },
    30,
    /^403 Forbidden from \S+ through the proxy \S+ \(HTTP_PROXY\); the proxy may refuse it: correct HTTP_PROXY, or put scheduler\.example into NO_PROXY$/,
  ],
  [
    'a proxy that wants a login',
    async () => {
      far();
      variables = { HTTP_PROXY: `http://127.0.0.1:${await plainAnswer(407)}` };
    },
    7,
    /^407 Proxy Authentication Required from \S+ through the proxy \S+ \(HTTP_PROXY\); correct HTTP_PROXY, or put .*$/,
  ],
  [
    'a proxy that is not there',
    async () => {
      far();
      variables = { HTTP_PROXY: `http://127.0.0.1:${await closedPort()}` };
    },
    7,
    /^http:\S+ through the proxy \S+ \(HTTP_PROXY\): connect ECONNREFUSED \S+; correct HTTP_PROXY, or put .*$/,
  ],
  [
    'nobody listens, and the call must not be repeated',
    async () => line.useScheduler(await closedPort()),
    7,
    /^killTasks may or may not have been carried out: .*ECONNREFUSED.*; look at the job before you try again$/,
    ['job', 'kill', 'west/web/prod/api/0', '--no-batching'],
  ],
  [
    'no login where one is wanted',
    async () => line.useScheduler(await plainAnswer(401)),
    30,
    /^401 Unauthorized from http:\S+; no credentials were sent: give some for 127\.0\.0\.1 in ~\/\.netrc/,
  ],
  [
    'a refused login of the netrc file',
    async () => {
      line.write('.netrc', 'machine 127.0.0.1 login me password wrong');
      line.useScheduler(await plainAnswer(401));
    },
    30,
    /^401 Unauthorized from \S+; the login of the netrc file was refused: correct .*~\/\.netrc$/,
  ],
  [
    'a refused token',
    async () => {
      line.write('token', 'old\n');
      line.useScheduler(await plainAnswer(401), { token_file: 'token' });
    },
    30,
    /^401 Unauthorized from \S+; the token in \S+\/token was refused: get a new token$/,
  ],
  [
    'a login that may not do this',
    async () => {
      line.write('.netrc', 'machine 127.0.0.1 login me password right');
      line.useScheduler(await plainAnswer(403));
    },
    30,
    /^403 Forbidden from \S+; .* may not do this: ask for the permission$/,
  ],
  [
    'Kerberos without its package',
    async () => line.useScheduler(1, { auth_mechanism: 'KERBEROS' }),
    3,
    /^KERBEROS needs the package kerberos, which is not installed; install it .*npm install -g kerberos'$/,
  ],
  [
    'an expired certificate',
    async () => https(await secure({}, 'expired')),
    7,
    /^https:\S+: certificate has expired; the scheduler needs a new certificate; .*clock$/,
  ],
  [
    'a certificate of nobody that we trust',
    async () => https(await secure(), { ca_file: pem('client.pem') }),
    7,
    /^https:\S+: .*certificate.*; give the certificates to trust as ca_file/,
  ],
  [
    'a key that is not that of the certificate',
    async () => https(1, { client_certificate: pem('client.pem'), client_key: pem('server.key') }),
    3,
    /^the key \S+server\.key does not belong to the certificate \S+client\.pem; correct the files/,
  ],
  [
    'a key that is not there',
    async () => https(1, { client_certificate: pem('client.pem'), client_key: 'gone.key' }),
    3,
    /^a certificate cannot be read: ENOENT.*gone\.key'; correct the path/,
  ],
  [
    'a connection cut in the middle of a reply to a call that must not be repeated',
    async () => line.useScheduler(await cutting()),
    7,
    /^killTasks may or may not have been carried out: .*(?:aborted|hang up|closed).*; look at the job before you try again$/,
    ['job', 'kill', 'west/web/prod/api/0', '--no-batching'],
  ],
  [
    'a connection cut in the middle of a reply, for as long as one tries',
    async () => line.useScheduler(await cutting()),
    9,
    /^gave up on getJobs after 7 s: west does not answer: .*(?:aborted|hang up|closed)/,
    [...LIST, '--retry-for', '7s'],
  ],
  [
    'a clusters file that is no JSON',
    async () => line.write('clusters.json', '[\n  { "name": "west",\n    "zk": "z" "zk_port": 1 }\n]\n'),
    3,
    /^\S+\/clusters\.json:3:1\d is not JSON: Expected ',' or '}' after property value; correct the file$/,
  ],
  [
    'a clusters file that ends too early',
    async () => line.write('clusters.json', '[{ "name": "west"'),
    3,
    /^\S+\/clusters\.json:1:\d+ is not JSON: .*; correct the file$/,
  ],
  [
    'a misspelled field of a clusters file',
    async () => line.write('clusters.json', [{ name: 'west', shceduler_uri: 'http://127.0.0.1:1' }]),
    3,
    /^cluster west has neither zk nor scheduler_uri: "shceduler_uri" looks like "scheduler_uri"; add/,
  ],
  [
    'a clusters file that a variable names and that is not there',
    async () => {
      variables = { AURORA_CLUSTERS: 'gone.json' };
    },
    3,
    /^gone\.json is named by AURORA_CLUSTERS and is not there; correct the file$/,
  ],
];

/** What a person has to read: the lines that are no progress. */
const sentences = (stderr: string) =>
  stderr
    .split('\n')
    .filter((text) => text !== '' && !/^(?: INFO| WARN|ERROR)\]/.test(text))
    .filter((text) => !text.startsWith('Instances to be killed'));

for (const [what, arrange, code, text, words = LIST] of FAILURES) {
  test(`${what} is one sentence and ${code}`, async () => {
    await arrange();
    // `job kill` asks first what is active, which may be asked again: it is the killing that is looked at here
    const said = await line.run(
      words[1] === 'kill' ? ['job', 'killall', 'west/web/prod/api', '--no-batching'] : words,
      { env: variables },
    );
    const lines = sentences(said.stderr);
    assert.is(lines.length, 1, said.stderr);
    assert.match(lines[0] ?? '', text);
    assert.is(said.code, code, said.stderr);
    assert.is(said.stdout, '');
  });
}

test('a client certificate of the entry opens a door that is closed without it', async () => {
  const port = await secure({ requestCert: true, rejectUnauthorized: true, ca: readFileSync(pem('ca.pem')) });
  https(port, { client_certificate: pem('client.pem'), client_key: pem('client.key') });
  assert.is((await line.run(LIST)).code, 0);
  https(port);
  const { code, stderr } = await line.run([...LIST, '--retry-for', '1s']);
  // with TLS 1.3 the refusal can be overtaken by the end of the connection
  assert.ok([30, 9].includes(code), stderr);
});

test('credentials: token and user of the entry, of the environment, and of that for its own cluster only', async () => {
  const basic = `Basic ${Buffer.from('ci:pw').toString('base64')}`;
  line.write('secrets/token', 't0\n');
  line.write('secrets/password', 'pw\n');
  const cases: readonly (readonly [
    entry: object,
    env: Record<string, string>,
    wanted: string | undefined,
  ])[] = [
    [{ token_file: 'secrets/token' }, {}, 'Bearer t0'],
    [{ token_file: '~/secrets/token' }, {}, 'Bearer t0'],
    [{ username: 'ci', password_file: 'secrets/password' }, {}, basic],
    [{ token_file: 'secrets/token' }, { AURORA_TOKEN: 'mine' }, 'Bearer mine'],
    [{}, { AURORA_USERNAME: 'ci', AURORA_PASSWORD: 'pw' }, basic],
    [{}, { AURORA_TOKEN: 'mine', AURORA_CLUSTER: 'east' }, undefined],
  ];
  for (const [entry, env, wanted] of cases) {
    const scheduler = await fakeScheduler([
      listing(wanted === undefined ? undefined : { Authorization: wanted }),
    ]);
    line.useScheduler(scheduler.ports[0], entry);
    const { code, stderr } = await line.run(LIST, { env });
    await scheduler.close();
    assert.equal(scheduler.problems, [], JSON.stringify([entry, env]));
    assert.is(code, 0, stderr);
  }
});

test('a token of several lines is refused before anything is sent', async () => {
  line.useScheduler(1);
  const { code, stderr } = await line.run(LIST, { env: { AURORA_TOKEN: 'a\nX-Evil: 1' } });
  assert.is(code, 3);
  assert.match(stderr, /the token for west is not one word/);
});

test('clusters come from several files, and one from the environment; later ones win', async () => {
  line.write('clusters.json', [{ name: 'a', scheduler_uri: 'http://one:1' }]);
  line.write('.aurora/clusters.json', [{ name: 'b', scheduler_uri: 'http://two:1' }]);
  const more = line.write('more.json', { x: { name: 'a', scheduler_uri: 'http://three:1' } });
  const env = { AURORA_CLUSTERS: more, AURORA_CLUSTER: 'ci', AURORA_SCHEDULER_URI: 'http://four:1' };
  const { stdout } = await line.run(['cluster', 'list', '--json'], { env });
  const found = Object.fromEntries(
    (JSON.parse(stdout) as { name: string; scheduler: string }[]).map(({ name, scheduler }) => [
      name,
      scheduler,
    ]),
  );
  assert.equal(found, {
    local: 'http://127.0.0.1:8081',
    a: 'http://three:1',
    b: 'http://two:1',
    ci: 'http://four:1',
  });
});

test('-v shows which scheduler is asked, and the attempt', async () => {
  const scheduler = await fakeScheduler([
    { ...listing(), reply: { $http: { status: 500 } } as object },
    listing(),
  ]);
  line.useScheduler(scheduler.ports[0]);
  const { code, stderr } = await line.run([...LIST, '-v']);
  await scheduler.close();
  assert.is(code, 0);
  const uri = `http://127.0.0.1:${scheduler.ports[0]}`;
  assert.match(stderr, `DEBUG] getJobs to ${uri}, attempt 1`);
  assert.match(stderr, `DEBUG] getJobs to ${uri}, attempt 2`);
});

test('the environment limits the attempts as the flag does, and the flag wins', async () => {
  line.useScheduler(await closedPort());
  const env = { AURORA_RETRY_FOR: '30s' };
  assert.match((await line.run(LIST, { env })).stderr, 'gave up on getJobs after 30 s');
  assert.match((await line.run([...LIST, '--retry-for=12s'], { env })).stderr, 'after 12 s');
  const wrong = await line.run(LIST, { env: { AURORA_RETRY_FOR: 'soon' } });
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, 'AURORA_RETRY_FOR is no time');
});

test('a call that hangs ends with its own limit', async () => {
  line.useScheduler(await listen(createPlainServer((socket) => void socket.on('error', () => {}))));
  const { code, stderr } = await line.run([...LIST, '--call-timeout', '50ms', '--retry-for', '1s']);
  assert.is(code, 9);
  assert.match(stderr, /timeout of 50ms exceeded/);
});

test.run();
