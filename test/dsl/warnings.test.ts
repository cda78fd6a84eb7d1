import { convert } from '../../src/dsl/convert/convert.ts';
import { Announcer, type JobFields, port, Service, SimpleTask } from '../../src/dsl/index.ts';
import { describer } from '../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../src/dsl/schema/node.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('warnings');

const warnings = (cmdline: string, changes: Partial<JobFields> = {}): readonly string[] => {
  const job = Service({
    cluster: 'c',
    role: 'r',
    environment: 'test',
    task: SimpleTask('p', cmdline),
    ...changes,
  });
  const result = convert(describer()(job) as StructNode, { user: 'me' });
  assert.ok('converted' in result, JSON.stringify(result));
  return result.converted.warnings;
};
const http = { healthChecker: { http: { endpoint: '/ok' } } };

test('a job that means what it says has none', () => {
  assert.equal(warnings('true'), []);
  assert.equal(warnings(`serve ${port('http')}`, { announce: Announcer() }), []);
  assert.equal(warnings(`serve ${port('health')}`, { healthCheckConfig: http }), []);
  assert.equal(warnings('true', { healthCheckConfig: { intervalSecs: 5 } }), []);
  const portmap = { health: 'http' };
  assert.equal(
    warnings(`serve ${port('http')}`, { healthCheckConfig: http, announce: Announcer({ portmap }) }),
    [],
  );
});

test('production without a tier is deprecated', () => {
  assert.match(warnings('true', { production: true })[0] ?? '', /deprecated/);
  assert.equal(warnings('true', { production: true, tier: 'preferred' }), []);
});

test('a primary port that no process uses is probably a typing mistake', () => {
  assert.match(warnings('true', { announce: Announcer() })[0] ?? '', /primaryPort is http, but no process/);
});

test('an HTTP health check without its port is off', () => {
  assert.match(warnings('true', { healthCheckConfig: http })[0] ?? '', /the check is off$/);
  const both = { healthChecker: { ...http.healthChecker, shell: { shellCommand: 'true' } } };
  assert.equal(warnings('true', { healthCheckConfig: both }), []);
});

test.run();
