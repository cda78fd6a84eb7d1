import fc from 'fast-check';
import { EVERYTHING, grantsOf, NOTHING } from '../../../src/scheduler/security/permission.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('permissions');

const permits = (grant: string, wanted: string) => grantsOf([grant]).permits(wanted.split(':'));
const KILL = 'thrift.AuroraSchedulerManager:killTasks:ads:staging:job';

test('a grant covers what it names and everything below', () => {
  const cases: readonly [grant: string, wanted: string, permitted: boolean][] = [
    ['*', KILL, true],
    ['*', 'http:vars', true],
    ['thrift.AuroraSchedulerManager', KILL, true],
    ['thrift.AuroraSchedulerManager:*', KILL, true],
    ['thrift.AuroraSchedulerManager:killTasks', KILL, true],
    ['thrift.AuroraSchedulerManager:killTasks:ads', KILL, true],
    ['thrift.AuroraSchedulerManager:killTasks:ads:staging', KILL, true],
    [KILL, KILL, true],
    [`${KILL}:`, KILL, true],
    [`${KILL}:more`, KILL, false],
    [`${KILL}:*`, KILL, true],
    ['thrift.AuroraSchedulerManager:*:ads', KILL, true],
    ['thrift.AuroraSchedulerManager:*:web', KILL, false],
    ['thrift.AuroraSchedulerManager:*:*:staging', KILL, true],
    ['thrift.AuroraSchedulerManager:createJob,killTasks:web,ads', KILL, true],
    ['thrift.AuroraSchedulerManager:createJob,restartShards', KILL, false],
    ['thrift.AuroraSchedulerManager:createJob,*', KILL, true],
    ['THRIFT.auroraschedulermanager:KILLTASKS:Ads', KILL, true],
    ['thrift.AuroraAdmin:*', KILL, false],
    ['thrift.AuroraSchedulerManager:killTasks:ads:staging:job2', KILL, false],
    ['thrift.AuroraSchedulerManager:killTasks:ads:staging:jo', KILL, false],
    ['thrift.AuroraSchedulerManager::ads', KILL, false],
    ['thrift.ReadOnlyScheduler:getJobs:www', 'thrift.ReadOnlyScheduler:getJobs', false],
    ['thrift.ReadOnlyScheduler:getJobs:*', 'thrift.ReadOnlyScheduler:getJobs', true],
  ];
  for (const [grant, wanted, permitted] of cases)
    assert.is(permits(grant, wanted), permitted, `${grant} for ${wanted}`);
});

test('what is asked for is taken literally: a star or comma in a name opens nothing', () => {
  assert.is(grantsOf(['a:b']).permits(['a', '*']), false);
  assert.is(grantsOf(['a:b']).permits(['a', 'b,c']), false);
  assert.is(grantsOf(['a:b']).permits(['*']), false);
});

test('what says nothing is refused', () => {
  for (const text of ['', ' ', ':', '::', ',', 'a:,'])
    assert.throws(() => grantsOf([text]), /is not a permission/, JSON.stringify(text));
});

test('more in front of it never makes a grant wider', () => {
  const part = fc.constantFrom('a', 'b', 'c', '*');
  const parts = fc.array(part, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, part, (grant, wanted, more) => {
      const longer = grantsOf([[...grant, more].join(':')]);
      if (longer.permits(wanted)) assert.ok(grantsOf([grant.join(':')]).permits(wanted));
    }),
  );
});

test('everything and nothing', () => {
  assert.ok(EVERYTHING.permits(['x']));
  assert.not(NOTHING.permits(['x']));
});

test.run();
