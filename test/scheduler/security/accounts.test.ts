import { createHash } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import fc from 'fast-check';
import { readAccounts } from '../../../src/scheduler/security/accounts.ts';
import { listOf, parseIni } from '../../../src/scheduler/security/ini.ts';
import {
  bcryptHash,
  passwordKind,
  passwordMatches,
  scryptHash,
} from '../../../src/scheduler/security/password.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('security.ini');
const read = (text: string) => readAccounts(text, 'security.ini');

test('users, roles and permissions, as the original has them', () => {
  const accounts = read(
    '; a comment\n# another\n[users]\nroot = secret, admin\nwfarner = password, eng\nksweeney = 12345\n\n[roles]\nadmin = *\neng = thrift.AuroraSchedulerManager:*\n',
  );
  assert.equal(accounts.account('root'), { password: 'secret', roles: ['admin'] });
  assert.equal(accounts.account('ksweeney'), { password: '12345', roles: [] });
  assert.is(accounts.account('Root'), undefined);
  const kill = ['thrift.AuroraSchedulerManager', 'killTasks', 'a', 'b', 'c'];
  const snapshot = ['thrift.AuroraAdmin', 'snapshot'];
  const can = (user: string, permission: string[]) =>
    accounts.grants(accounts.account(user)?.roles ?? []).permits(permission);
  assert.equal(
    ['root', 'wfarner', 'ksweeney'].map((user) => [can(user, kill), can(user, snapshot)]),
    [
      [true, true],
      [true, false],
      [false, false],
    ],
  );
});

test('one of the two sections is enough; none, and any other, are refused', () => {
  assert.ok(read('[roles]\nadmin = *\n').grants(['admin']).permits(['x']));
  assert.ok(read('[users]\nroot = secret\n').account('root'));
  assert.throws(() => read(';[users]\n;root = secret'), /nothing in it/);
  assert.throws(() => read('[users]\n[roles]\n'), /nothing in it/);
  assert.throws(() => read('[users]\nroot = secret\n[main]\nrealm = com.example.Realm\n'), /not \[main\]/);
  assert.throws(() => read('root = secret\n[roles]\nadmin = *\n'), /lines before the first section/);
});

test('a message of a broken file names the line and shows nothing of it', () => {
  const failure = (() => {
    try {
      read('[users]\n\nhunter2\n');
    } catch (error) {
      return (error as Error).message;
    }
  })();
  assert.match(failure ?? '', /\(security\.ini:3\)/);
  assert.not.match(failure ?? '', /hunter2/);
  assert.throws(() => read('[roles]\nadmin = "a:,"\n'), /is not a permission/);
});

test('lines are read as Shiro reads them', () => {
  const entries = (text: string) => Object.fromEntries(parseIni(`[s]\n${text}`, '').get('s') ?? []);
  assert.equal(entries('a = b'), { a: 'b' });
  assert.equal(entries('a:b\nc d'), { a: 'b', c: 'd' });
  assert.equal(entries('  a = b = c  '), { a: 'b = c' });
  assert.equal(entries('a = b, \\\n   c'), { a: 'b, c' });
  assert.equal(entries('a = b\\\\'), { a: 'b\\\\' });
  assert.equal(entries('a = 1\r\na = 2'), { a: '2' });
  assert.equal(entries('\uFEFFa = 1'), { '\uFEFFa': '1' });
  assert.equal(
    [...parseIni('\uFEFF[s]\na=1\n[t]\n[s]\nb=2', '')].map(([name, of]) => [name, ...of.keys()]),
    [['s', 'b']],
  );
  assert.equal(listOf(' a , "b,c" ,"d ""e""", '), ['a', 'b,c', 'd "e"', '']);
});

test('a permission with a comma stands in quotes', () => {
  const { grants } = read('[roles]\nr = "a:x,y:z", b\n');
  const can = (...permission: string[]) => grants(['r']).permits(permission);
  assert.equal(
    [can('a', 'x', 'z'), can('a', 'y', 'z'), can('a', 'v', 'z'), can('b')],
    [true, true, false, true],
  );
});

test('whatever stands in it, the file is read or refused with a message', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('[', ']', 'a', ' ', '=', ',', '"', '\\', '\n', ':', '*') }),
      (text) => {
        try {
          read(text).grants(['a']).permits(['a']);
        } catch (error) {
          assert.is((error as { code?: string }).code, 'CONFIG', String(error));
        }
      },
    ),
  );
});

test('what the operator should change is said, without secrets', () => {
  const { warnings } = read('[users]\na = hunter2, admin\nb = _, other\n[roles]\nadmin = *\n');
  assert.is(warnings.length, 2);
  assert.match(warnings[0] ?? '', /plain text \(1 of 2 users\)/);
  assert.match(warnings[1] ?? '', /permit nothing: other/);
  assert.not.match(warnings.join(), /hunter2/);
});

test('hashes of every kind', async () => {
  const shiro = (password: string) => {
    const salt = Buffer.from('0123456789abcdef');
    let hash = createHash('sha256').update(salt).update(password).digest();
    for (let round = 1; round < 3000; round++) hash = createHash('sha256').update(hash).digest();
    return `$shiro1$SHA-256$3000$${salt.toString('base64')}$${hash.toString('base64')}`;
  };
  const stored: readonly [kind: string, stored: string][] = [
    ['scrypt', await scryptHash('apple')],
    ['bcrypt', hashSync('apple', 4)],
    ['bcrypt', hashSync('apple', 4).replace('$2b$', '$2y$')],
    ['shiro', shiro('apple')],
    ['plain', 'apple'],
  ];
  for (const [kind, text] of stored) {
    assert.is(passwordKind(text), kind);
    assert.is(listOf(text).length, 1, 'no comma, which would end the password');
    assert.is(await passwordMatches(text, 'apple'), true, kind);
    for (const wrong of ['Apple', 'apple ', '', text === 'apple' ? 'x' : text])
      assert.is(await passwordMatches(text, wrong), false, `${kind} ${wrong}`);
  }
  assert.ok(await passwordMatches(await bcryptHash('apple'), 'apple'));
  assert.is(await passwordMatches('', ''), false, 'no password lets nobody in');
});

test('long runs of blanks and of backslashes within a line cost what they are long', () => {
  const start = process.cpuUsage();
  for (const run of [' '.repeat(60_000), '\\'.repeat(60_000)])
    readAccounts(`[users]\nsally = a${run}b, admin\n[roles]\nadmin = *\n`, 'test.ini');
  const { user } = process.cpuUsage(start);
  // Looked at again for each of them these are seconds.
  assert.ok(user < 1_000_000, `${user} us of processor time`);
});

test.run();
