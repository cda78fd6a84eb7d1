import {
  type AssignedTask,
  decodeStruct,
  encodeStruct,
  normalise,
  type TaskConfig,
} from '../../../src/api/index.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { assignmentData } from '../../../src/scheduler/launch/assignment-data.ts';
import { customExecutors } from '../../../src/scheduler/launch/custom-executors.ts';
import { executors } from '../../../src/scheduler/launch/executors.ts';
import { taskInfo } from '../../../src/scheduler/launch/task-info.ts';
import { assert, suite } from '../../harness/index.ts';
import { scalar, taskConfig } from '../builders.ts';

const test = suite('task info');
const RESOURCES = { task: [scalar('cpus', 1)], executor: [scalar('cpus', 0.25)] };
const SANDBOX = '"${MESOS_SANDBOX=.}"';

const assigned = (task: TaskConfig): AssignedTask =>
  normalise('AssignedTask', {
    taskId: 'web-prod-hello-3-uuid',
    slaveId: 'agent',
    slaveHost: 'host',
    task,
    instanceId: 3,
    assignedPorts: { http: 31_000 },
  });

function build(config: TaskConfig, ...flags: string[]) {
  const options = parseSchedulerFlags(['-cluster_name=west', ...flags]);
  const settings = {
    executors: executors({ thermosExecutorPath: '/opt/aurora-executor', ...options }),
    clusterName: options.clusterName,
    populateDiscoveryInfo: options.populateDiscoveryInfo,
  };
  return taskInfo(assigned(config), 'agent', RESOURCES, settings);
}

test('the executor gets the whole assignment, as Thrift writes it', () => {
  for (const config of [taskConfig(), taskConfig({ metadata: [{ key: 'team', value: 'blue' }] })]) {
    const { data = '' } = build(config);
    assert.equal(Buffer.from(data, 'base64'), Buffer.from(encodeStruct('AssignedTask', assigned(config))));
  }
});

test('the assignment is whole wherever its configuration begins, and whatever the lengths are', () => {
  for (let length = 0; length < 7; length++) {
    for (const name of ['a', 'ab', 'abc']) {
      const task = {
        ...assigned(taskConfig({ job: { role: 'web', environment: 'prod', name } })),
        taskId: 'x'.repeat(length),
      };
      assert.equal(
        Buffer.from(assignmentData(task), 'base64'),
        Buffer.from(encodeStruct('AssignedTask', task)),
      );
    }
  }
});

test('the assignment is whole with long texts, with texts that are not ASCII, and with any ports', () => {
  const names = [[], ['http'], ['http', 'ä€😀'], Array.from({ length: 200 }, (_, at) => `port-${at}`)];
  for (const [at, ports] of names.entries())
    for (const text of ['host', '', 'ü€😀'.repeat(300), 'x'.repeat(5_000)]) {
      const task: AssignedTask = {
        ...assigned(taskConfig()),
        slaveHost: text,
        taskId: `${text}${at}`,
        assignedPorts: Object.fromEntries(ports.map((name, nth) => [name, 31_000 + nth])),
      };
      const { slaveId: _slaveId, ...nowhere } = task;
      for (const one of [task, nowhere])
        assert.equal(
          Buffer.from(assignmentData(one), 'base64'),
          Buffer.from(encodeStruct('AssignedTask', one)),
        );
    }
});

test('what tasks of a configuration have in common depends on the executor', () => {
  const config = taskConfig();
  assert.match(build(config, '-thermos_executor_flags=--one').executor?.command?.value ?? '', '--one');
  assert.match(build(config, '-thermos_executor_flags=--two').executor?.command?.value ?? '', '--two');
});

test('a task is launched as the original launches it', () => {
  const config = taskConfig({ tier: 'preferred', metadata: [{ key: 'team', value: 'blue' }] });
  const info = build(config);
  assert.is(info.name, 'web/prod/hello');
  assert.equal(info.task_id, { value: 'web-prod-hello-3-uuid' });
  assert.equal(info.agent_id, { value: 'agent' });
  assert.equal(info.resources, RESOURCES.task);
  assert.equal(info.labels, {
    labels: [
      { key: 'org.apache.aurora.tier', value: 'preferred' },
      { key: 'org.apache.aurora.metadata.team', value: 'blue' },
    ],
  });
  assert.is(info.discovery, undefined);
  assert.is(info.command, undefined);
  assert.equal(info.executor, {
    executor_id: { value: 'thermos-web-prod-hello-3-uuid' },
    name: 'AuroraExecutor',
    source: 'web.prod.hello.3',
    labels: { labels: [{ key: 'source', value: 'web.prod.hello.3' }] },
    command: {
      value: `${SANDBOX}/aurora-executor`,
      uris: [{ value: '/opt/aurora-executor', executable: true }],
    },
    resources: RESOURCES.executor,
  });
});

test('the data is the assignment in Thrift binary', () => {
  const config = taskConfig();
  const data = Buffer.from(build(config).data ?? '', 'base64');
  assert.equal(normalise('AssignedTask', decodeStruct('AssignedTask', data)), assigned(config));
});

test('executor flags, home and further files', () => {
  const info = build(
    taskConfig(),
    '-thermos_executor_flags=--announcer-ensemble zk:2181',
    '-thermos_home_in_sandbox',
    '-thermos_executor_resources=/opt/a,/opt/b',
  );
  assert.is(
    info.executor?.command?.value,
    `HOME=${SANDBOX} ${SANDBOX}/aurora-executor --announcer-ensemble zk:2181`,
  );
  assert.equal(
    info.executor?.command?.uris?.map(({ value }) => value),
    ['/opt/aurora-executor', '/opt/a', '/opt/b'],
  );
});

test('fetcher files of the job come last and are not executable', () => {
  const config = taskConfig({
    mesosFetcherUris: [{ value: 'http://x/y.tar', extract: true, cache: false, outputFile: 'z' }],
  });
  assert.equal(build(config).executor?.command?.uris?.at(-1), {
    value: 'http://x/y.tar',
    executable: false,
    extract: true,
    cache: false,
    output_file: 'z',
  });
});

test('discovery info when it is asked for', () => {
  assert.equal(build(taskConfig(), '-populate_discovery_info').discovery, {
    visibility: 'CLUSTER',
    name: 'hello.prod.web',
    environment: 'prod',
    location: 'west',
    ports: { ports: [{ number: 31_000, name: 'http', protocol: 'TCP' }] },
  });
});

test('an image becomes a read-only volume after the mounts and the volumes of the job', () => {
  const volumes = [{ containerPath: '/c', hostPath: '/h', mode: 'RW' as const }];
  const docker = build(
    taskConfig({ container: { mesos: { image: { docker: { name: 'debian', tag: '12' } }, volumes } } }),
    '-global_container_mounts=/etc:/host/etc:RO',
  );
  assert.equal(docker.executor?.container, {
    type: 'MESOS',
    volumes: [
      { host_path: '/etc', container_path: '/host/etc', mode: 'RO' },
      { container_path: '/c', host_path: '/h', mode: 'RW' },
      { container_path: 'taskfs', mode: 'RO', image: { type: 'DOCKER', docker: { name: 'debian:12' } } },
    ],
  });
  const appc = build(taskConfig({ container: { mesos: { image: { appc: { name: 'n', imageId: 'i' } } } } }));
  assert.equal(appc.executor?.container?.volumes?.[0]?.image, { type: 'APPC', appc: { name: 'n', id: 'i' } });
  assert.is(build(taskConfig()).executor?.container, undefined);
});

test('a Docker task runs in the container of its executor, or without one as a bare command', () => {
  const container = { docker: { image: 'nginx', parameters: [{ name: 'net', value: 'host' }] } };
  const expected = { image: 'nginx', parameters: [{ key: 'net', value: 'host' }] };
  assert.equal(build(taskConfig({ container })).executor?.container, { type: 'DOCKER', docker: expected });
  const bare = build(taskConfig({ container, executorConfig: undefined }));
  assert.equal(bare.container, { type: 'DOCKER', docker: expected });
  assert.equal(bare.command, { shell: false });
  assert.is(bare.data, undefined);
  assert.is(bare.executor, undefined);
});

const CUSTOM = JSON.stringify([
  {
    executor: {
      name: 'other',
      command: { value: './run', shell: true, uris: [{ value: '/opt/run', executable: true }] },
      resources: [scalar('cpus', 1), scalar('mem', 32)],
    },
    task_prefix: 'other-',
    volume_mounts: [{ host_path: '/a', container_path: '/b', mode: 'RW' }],
  },
]);

test('custom executors are read from their file', () => {
  const [other] = customExecutors(CUSTOM, 'file');
  assert.is(other?.idPrefix, 'other-');
  assert.is(other?.overhead.cpus, 1);
  assert.is(other?.overhead.ramMb, 32);
  assert.equal(other?.mounts, [{ host_path: '/a', container_path: '/b', mode: 'RW' }]);
});

test('a custom executor file that is wrong or missing names itself', () => {
  for (const text of ['{', '{}', '[{}]', '[{"executor":{"name":"x"}}]', '[null]'])
    assert.throws(
      () => customExecutors(text, '/etc/e.json'),
      (error: unknown) =>
        error instanceof AuroraError && /custom executors: .*\(\/etc\/e.json\)/.test(error.message),
      text,
    );
  assert.throws(
    () => build(taskConfig(), '-custom_executor_config=/nowhere.json'),
    /cannot be read \(\/nowhere/,
  );
});

test('an executor that is not configured is named', () => {
  const config = taskConfig({ executorConfig: { name: 'gone', data: '' } });
  assert.throws(() => build(config), /executor gone is not configured/);
});

test.run();
