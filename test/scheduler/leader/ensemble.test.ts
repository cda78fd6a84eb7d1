import { AuroraError } from '../../../src/base/errors.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { electionPlace, logPlace } from '../../../src/scheduler/leader/ensemble.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('where ZooKeeper is and what is kept there');

const ZK = '-zk_endpoints=zk1:2181,zk2';
const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    assert.instance(error, AuroraError);
    return (error as AuroraError).message;
  }
  throw new Error('it was taken');
};

test('without flags there is neither an election nor a log in ZooKeeper', () => {
  const flags = parseSchedulerFlags([]);
  assert.is(electionPlace(flags), undefined);
  assert.is(logPlace(flags), undefined);
});

test("the original's flags: election and log in one ensemble, below the chroot, with credentials", () => {
  const flags = parseSchedulerFlags([
    ZK,
    '-serverset_path=/aurora/scheduler',
    '-native_log_zk_group_path=/aurora/replicated-log/',
    '-native_log_file_path=/var/db/aurora',
    '-native_log_quorum_size=2',
    '-zk_chroot_path=/west',
    '-zk_digest_credentials=aurora:se:cret',
    '-zk_session_timeout=4secs',
  ]);
  const servers = [
    { host: 'zk1', port: 2181 },
    { host: 'zk2', port: 2181 },
  ];
  const connect = {
    servers,
    chroot: '/west',
    digest: 'aurora:se:cret',
    sessionTimeoutMs: 4_000,
    connectTimeoutMs: 10_000,
  };
  const access = 'creator-all-world-read';
  assert.equal(electionPlace(flags), {
    connect,
    path: '/aurora/scheduler',
    access,
    shown: 'zk://zk1:2181,zk2:2181/west/aurora/scheduler',
  });
  assert.equal(logPlace(flags), {
    connect,
    path: '/aurora/replicated-log',
    access,
    shown: 'zk://zk1:2181,zk2:2181/west/aurora/replicated-log',
  });
});

test('-log names an ensemble of its own', () => {
  const place = logPlace(
    parseSchedulerFlags(['-log=zk://me:pw@[::1]:2182/aurora/log', '-zk_chroot_path=/west', ZK]),
  );
  assert.equal(place?.connect.servers, [{ host: '::1', port: 2182 }]);
  assert.is(place?.connect.digest, 'me:pw');
  assert.is(place?.connect.chroot, undefined);
  assert.is(place?.path, '/aurora/log');
  assert.is(place?.access, 'creator-all-world-read');
  assert.is(place?.shown, 'zk://[::1]:2182/aurora/log');
});

test('what cannot be meant is refused with the flag and what to write', () => {
  const election = (...argv: string[]) => refusal(() => electionPlace(parseSchedulerFlags(argv)));
  const log = (...argv: string[]) => refusal(() => logPlace(parseSchedulerFlags(argv)));
  assert.match(election('-serverset_path=/a'), /-serverset_path needs -zk_endpoints; write -zk_endpoints=/);
  assert.match(election(ZK, '-serverset_path=a'), /-serverset_path: "a" is not a path in ZooKeeper/);
  assert.match(election(ZK, '-serverset_path=/'), /is not a path/);
  assert.match(election(ZK, '-serverset_path=/a', '-zk_chroot_path=b//c'), /-zk_chroot_path: "b\/\/c"/);
  assert.match(election(ZK, '-serverset_path=/a', '-zk_digest_credentials=x'), /is not user:password/);
  assert.match(election('-zk_endpoints=:x', '-serverset_path=/a'), /not a ZooKeeper address/);
  assert.match(log('-native_log_zk_group_path=/a'), /-native_log_zk_group_path needs -zk_endpoints/);
  assert.match(log('-log=/var/log'), /-log: .*write -log=zk:/);
  assert.match(log('-log=zk://h:1'), /names no path/);
  assert.match(log(ZK, '-log=zk://h:1/a', '-native_log_zk_group_path=/a'), /give one of them/);
});

test.run();
