import fc from 'fast-check';
import { AuroraError } from '../../src/base/errors.ts';
import { type LinkValues, loadPageLinks, parsePageLinks } from '../../src/scheduler/page-links.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('links of the page to other tools');

const refused = (entries: unknown): string => {
  try {
    parsePageLinks(JSON.stringify(entries), 'links.json');
  } catch (error) {
    assert.instance(error, AuroraError);
    return (error as AuroraError).message;
  }
  return 'accepted';
};

test('a file that says nothing usable is refused with what is wrong', () => {
  const cases: readonly (readonly [entries: unknown, says: string])[] = [
    [{}, 'must be a list'],
    [[7], 'each link is an object'],
    [[{ url: 'https://a' }], 'needs a name'],
    [[{ name: 'a' }], 'url must be a text'],
    [[{ name: 'a', url: 'https://a/{zone}' }], '{zone} is not known; known are {cluster} {role}'],
    [[{ name: 'a', url: 'https://a/', onn: 'job' }], 'onn is not known'],
    [[{ name: 'a', url: 'https://a/', on: 'rack' }], 'on is one or more of role, job, instance, host'],
    [[{ name: 'a', url: 'https://a/{task}', on: ['job'] }], '{task} is not known on the screen of a job'],
    [[{ name: 'a', url: 'javascript:alert(1)//{job}' }], 'http or https'],
    [[{ name: 'a', url: '{job}:alert(1)' }], 'http or https'],
    [[{ name: 'a', url: '//elsewhere/{job}' }], 'http or https'],
    [[{ name: 'a', url: 'https://user:password@a/' }], 'without a password'],
    [Array.from({ length: 21 }, () => ({ name: 'a', url: 'https://a/' })), 'at most 20'],
  ];
  for (const [entries, says] of cases)
    assert.ok(refused(entries).includes(says), `${says}: ${refused(entries)}`);
  assert.throws(() => parsePageLinks('[', 'links.json'), /page links/);
  assert.throws(() => loadPageLinks('/nowhere/links.json'), /cannot be read/);
});

const links = parsePageLinks(
  JSON.stringify([
    { name: 'path', url: 'https://a.example.com/d/{role}/{job}?of={env}#{instance}' },
    { name: 'host', url: 'http://{host}.example.com:80/{task}' },
  ]),
  'links.json',
);

test('a link is left out while something it names is unknown, and where its values would lead elsewhere', () => {
  const of = (values: LinkValues) => (links.of('instance', values).toolLinks ?? []).map(({ href }) => href);
  const known = { role: 'r', job: 'j', env: 'e', instance: '0' };
  assert.equal(of(known), ['https://a.example.com/d/r/j?of=e#0']);
  for (const up of ['.', '..']) {
    assert.equal(of({ ...known, role: up }), []);
    assert.equal(of({ ...known, job: up }), []);
  }
  assert.equal(of({ ...known, job: '\ud800' }), []);
  assert.equal(of({ host: 'evil.com/', task: 't' }), []);
  assert.equal(of({ host: 'user@evil.com:1', task: 't' }), []);
  assert.equal(of({ host: 'h', task: 'a/../b?c#d' }), ['http://h.example.com/a%2F..%2Fb%3Fc%23d']);
  assert.equal(links.of('role', known), {});
});

test('no value leads to another place than the template names', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('.', '/', '%', '2', 'e', '@', ':', '#', '?', '\\', '<', '"', "'", ' ', 'ü'),
      maxLength: 8,
    }),
  );
  fc.assert(
    fc.property(
      fc.record({ role: value, job: value, env: value, instance: value, host: value, task: value }),
      (values) => {
        for (const { href, name } of links.of('instance', values).toolLinks ?? []) {
          const url = new URL(href);
          assert.is(url.username + url.password, '');
          assert.not.match(href, /[<>"\s]/);
          if (name === 'path') {
            assert.is(url.host, 'a.example.com');
            const [, d, role = '', job = '', ...more] = url.pathname.split('/');
            assert.equal(
              [d, decodeURIComponent(role), decodeURIComponent(job), more],
              ['d', values.role, values.job, []],
            );
            assert.is(url.searchParams.get('of'), values.env);
          } else {
            assert.match(url.host, /\.example\.com$/);
            assert.is(url.protocol, 'http:');
            assert.is(decodeURIComponent(url.pathname.slice(1)), values.task);
          }
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test.run();
