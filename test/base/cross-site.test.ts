import {
  type ContentRule,
  hostRefusal,
  type RequestSource,
  type SiteRules,
  writeRefusal,
} from '../../src/base/cross-site.ts';
import { parseHostPort } from '../../src/base/host-port.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('cross-site requests');

const RULES: SiteRules = {
  hosts: 'any',
  hostNames: [],
  publicNames: ['aurora.example.com', 'aurora.example.com:8443'],
  corsOrigin: 'https://tools.example.com',
};

const source = (change: Partial<RequestSource>): RequestSource => ({
  host: '10.0.0.7:8081',
  origin: undefined,
  fetchSite: undefined,
  contentType: 'application/json',
  ...change,
});

/** What a request is answered with, `ok` when nothing is refused. Source: the Fetch standard's metadata headers. */
const WRITES: readonly (readonly [
  what: string,
  change: Partial<RequestSource>,
  content: ContentRule,
  answer: string,
])[] = [
  ['a program', {}, 'json', 'ok'],
  ['a program without a type at /api', { contentType: undefined }, 'a type', 'ok'],
  ['a program with another type at /apibeta', { contentType: 'text/plain' }, 'json', 'ok'],
  ['our own page', { origin: 'http://10.0.0.7:8081' }, 'json', 'ok'],
  ['our own page behind TLS', { origin: 'https://10.0.0.7:8081' }, 'json', 'ok'],
  ['the default port written', { host: 'aurora:443', origin: 'https://aurora' }, 'json', 'ok'],
  [
    'the default port of the other scheme',
    { host: 'aurora:80', origin: 'https://aurora' },
    'json',
    '403 origin',
  ],
  ['upper case', { host: 'Aurora:8081', origin: 'http://aurora:8081' }, 'json', 'ok'],
  ['IPv6', { host: '[::1]:8081', origin: 'http://[::1]:8081' }, 'json', 'ok'],
  ['another port of the host', { origin: 'http://10.0.0.7:8080' }, 'json', '403 origin'],
  ['another site', { origin: 'http://evil.example' }, 'json', '403 origin'],
  [
    'a site whose name begins like ours',
    { origin: 'http://10.0.0.7:8081.evil.example' },
    'json',
    '403 origin',
  ],
  ['a user in the origin', { origin: 'http://10.0.0.7:8081@evil.example' }, 'json', '403 origin'],
  ['a sandboxed page', { origin: 'null' }, 'json', '403 origin'],
  ['an empty origin', { origin: '' }, 'json', '403 origin'],
  ['two origins', { origin: 'http://10.0.0.7:8081, http://evil.example' }, 'json', '403 origin'],
  ['an origin and no host', { host: undefined, origin: 'http://10.0.0.7:8081' }, 'json', '403 origin'],
  ['a public name', { origin: 'https://aurora.example.com' }, 'json', 'ok'],
  ['a public name with its port', { origin: 'https://aurora.example.com:8443' }, 'json', 'ok'],
  ['a public name with another port', { origin: 'https://aurora.example.com:1' }, 'json', '403 origin'],
  ['the origin of CORS', { origin: 'https://tools.example.com', fetchSite: 'cross-site' }, 'a type', 'ok'],
  ['almost the origin of CORS', { origin: 'http://tools.example.com' }, 'a type', '403 origin'],
  ['typed into the address bar', { fetchSite: 'none' }, 'json', 'ok'],
  ['same origin', { fetchSite: 'same-origin' }, 'json', 'ok'],
  ['a subdomain', { fetchSite: 'same-site' }, 'json', '403 site'],
  ['cross-site without an origin', { fetchSite: 'cross-site' }, 'json', '403 site'],
  [
    'our page, by a page of another site',
    { origin: 'http://10.0.0.7:8081', fetchSite: 'cross-site' },
    'json',
    '403 site',
  ],
  ['a form', { origin: 'http://10.0.0.7:8081', contentType: 'text/plain' }, 'json', '415 type'],
  [
    'a form that says a lot',
    { fetchSite: 'none', contentType: 'text/plain; x=application/json' },
    'json',
    '415 type',
  ],
  [
    'JSON with a charset',
    { fetchSite: 'none', contentType: 'Application/JSON; charset=utf-8' },
    'json',
    'ok',
  ],
  [
    'a browser without a type at /api',
    { fetchSite: 'same-origin', contentType: undefined },
    'a type',
    '415 type',
  ],
  [
    'a browser with a blank type at /api',
    { fetchSite: 'same-origin', contentType: ' ' },
    'a type',
    '415 type',
  ],
  ['a browser where nothing is asked', { fetchSite: 'same-origin', contentType: undefined }, 'nothing', 'ok'],
];

test('what a browser may have sent for another site is refused, what programs and our page send is not', () => {
  for (const [what, change, content, answer] of WRITES) {
    const refusal = writeRefusal(source(change), content, RULES);
    assert.is(refusal ? `${refusal.status} ${refusal.cause}` : 'ok', answer, what);
  }
});

test('on a loopback address only its names, and those that are configured, may stand in Host', () => {
  const loopback: SiteRules = { ...RULES, hosts: 'named', hostNames: ['dev.example.com', 'Other:8081'] };
  const answers: readonly (readonly [host: string | undefined, status: number])[] = [
    [undefined, 200],
    ['', 200],
    ['localhost', 200],
    ['LOCALHOST:8081', 200],
    ['127.0.0.1', 200],
    ['127.0.0.1:1', 200],
    ['127.1.2.3:8081', 200],
    ['[::1]:8081', 200],
    ['dev.example.com:8081', 200],
    ['other', 200],
    ['evil.example', 403],
    ['evil.example:8081', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['10.0.0.7', 403],
    ['127.0.0.1, evil.example', 400],
    ['two words', 400],
    ['user@127.0.0.1', 400],
    ['127.0.0.1:http', 400],
    ['[::1', 400],
  ];
  for (const [host, status] of answers)
    assert.is(hostRefusal(host, loopback)?.status ?? 200, status, String(host));
});

test('elsewhere any host will do, or those that a flag names and every address', () => {
  for (const host of ['evil.example', '10.0.0.7:8081']) assert.is(hostRefusal(host, RULES), undefined);
  const named: SiteRules = { ...RULES, hosts: 'named or address', hostNames: ['aurora.example.com'] };
  for (const host of ['aurora.example.com', '10.0.0.7:8081', '[2001:db8::1]:80', 'localhost'])
    assert.is(hostRefusal(host, named), undefined, host);
  assert.is(hostRefusal('evil.example', named)?.status, 403);
});

test('a host and a port are read whole or not at all', () => {
  assert.equal(parseHostPort('[2001:DB8::7]:80'), { host: '2001:db8::7', port: 80 });
  assert.equal(parseHostPort('a.b-c_d'), { host: 'a.b-c_d', port: undefined });
  for (const text of ['', ':80', 'a:', 'a:b', 'a:123456', 'a/b', 'a b', 'a,b', 'a@b', '::1', '[a.b]'])
    assert.is(parseHostPort(text), undefined, text);
});

test.run();
