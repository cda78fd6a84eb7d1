import { readFileSync } from 'node:fs';
import { object } from '../../../src/api/thermos/fields.ts';
import { boundTask, jobInstance } from '../../../src/api/thermos/instance.ts';
import { resolvePorts } from '../../../src/api/thermos/ports.ts';
import { decodeAssignment } from '../../../src/executor/payload/assignment.ts';
import { assert, count, suite } from '../../harness/index.ts';

interface Case {
  readonly id: string;
  readonly binaryBase64: string;
  readonly expect: {
    readonly finalTask: unknown;
    readonly mesosTaskInstance: unknown;
    readonly portmap: Readonly<Record<string, number>>;
    readonly setuid: string | null;
  };
}

const cases = JSON.parse(readFileSync('test/golden/thrift/executor-payload.json', 'utf8')) as readonly Case[];

const test = suite('executor payload');

test('gives the instance, ports and final task that the original gives', () => {
  for (const golden of cases) {
    const assignment = decodeAssignment(golden.binaryBase64);
    const instance = jobInstance(assignment.executorData, assignment);
    assert.equal(instance, golden.expect.mesosTaskInstance, golden.id);
    const { portmap } = object(instance.announce ?? {}, 'announce');
    const ports = resolvePorts(object(portmap ?? {}, 'portmap'), assignment.assignedPorts);
    assert.equal(Object.fromEntries(ports), golden.expect.portmap, golden.id);
    const task = boundTask(instance.task, { taskId: assignment.taskId, user: assignment.role, ports });
    assert.equal(task, golden.expect.finalTask, golden.id);
    assert.is(assignment.container === 'docker' ? null : assignment.role, golden.expect.setuid, golden.id);
  }
  count('golden/thrift executor-payload', cases.length);
});

test('data that is absent, cut short or no thrift is refused with a reason', () => {
  const whole = Buffer.from((cases[0] as Case).binaryBase64, 'base64');
  assert.throws(() => decodeAssignment(undefined), /has no data/);
  assert.throws(() => decodeAssignment(whole.subarray(0, 100).toString('base64')), /cannot be read/);
  assert.throws(() => decodeAssignment(Buffer.from('garbage').toString('base64')), /cannot be read|no id/);
});

test('executor configuration that is absent or no object is refused', () => {
  const known = { instance: 0, hostname: 'h' };
  assert.throws(() => jobInstance(undefined, known), /no executor configuration/);
  assert.throws(() => jobInstance('', known), /no executor configuration/);
  assert.throws(() => jobInstance('not json', known), /not JSON/);
  assert.throws(() => jobInstance('[1]', known), /expected an object/);
  assert.throws(() => jobInstance('{"role":"r"}', known), /expected an object.*task/);
});

test('an instance of an old client stays as it is', () => {
  const old = { instance: 7, role: 'r', task: { name: 't {{mesos.instance}}', processes: [] } };
  assert.equal(jobInstance(JSON.stringify(old), { instance: 0, hostname: 'h' }), old);
});

const known = { taskId: 'id-1', user: 'www', ports: new Map([['http', 31_000]]) };
const boundCommand = (cmdline: string) => boundTask({ cmdline }, known).cmdline;

test('binds task id, user and ports everywhere', () => {
  assert.is(
    boundCommand('{{thermos.task_id}} {{thermos.user}} {{thermos.ports[http]}}{{thermos.ports[http]}}'),
    'id-1 www 3100031000',
  );
  assert.equal(boundTask({ processes: [{ name: 'hello_{{thermos.task_id}}' }] }, known), {
    processes: [{ name: 'hello_id-1' }],
  });
});

test('text with braces that is no reference stays', () => {
  for (const text of ['{{}}', '{x}', '{{x', '${HOME}', '{ { x } }', "awk '{print $1}'", '{{{}}}'])
    assert.is(boundCommand(text), text);
});

test('what nothing binds is refused by name', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['{{profile.x}} {{thermos.nope}}', /\{\{profile\.x\}\}, \{\{thermos\.nope\}\}/],
    ['{{thermos.ports[admin]}}', /\{\{thermos\.ports\[admin\]\}\}.*; give every port/],
    ['{{thermos.ports}}', /unbound/],
    ['{{thermos.prots[admin]}}', /; did you mean \{\{thermos\.ports\[admin\]\}\}\?$/],
    ['{{thermos.taskid}}', /; did you mean \{\{thermos\.task_id\}\}\?$/],
    ['{{release}}', /; bind them in the job/],
    ['{{ x }}', /unbound/],
    ['{{&x}}', /unbound/],
    ['{{arr[{{thermos.task_id}}]}}', /\{\{arr\[id-1\]\}\}/],
  ];
  for (const [text, reason] of refusals) assert.throws(() => boundCommand(text), reason, text);
});

test('ports follow aliases to their number; circles are refused, words dropped', () => {
  const resolved = (portmap: Record<string, unknown>, assigned: Record<string, number> = {}) =>
    Object.fromEntries(resolvePorts(portmap, assigned));
  assert.equal(resolved({ aurora: 'http', admin: 'aurora' }, { http: 31_000 }), {
    aurora: 31_000,
    admin: 31_000,
    http: 31_000,
  });
  assert.equal(resolved({ http: '8080', static: 9090 }), { http: 8080, static: 9090 });
  assert.equal(resolved({ http: '8080' }, { http: 31_000 }), { http: 31_000 });
  assert.equal(resolved({ a: 'nowhere' }), {});
  assert.throws(() => resolved({ a: 'b', b: 'c', c: 'a' }), /circle: a -> b -> c -> a/);
  assert.throws(() => resolved({ a: 'a' }), /circle/);
});

test.run();
