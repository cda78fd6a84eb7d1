/**
 * Docker and filesystem images, with programs that write down how they were called in the place of those that need an
 * agent's mounts: what is asked of the machine, and what is said when it refuses.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkRunDirectory } from '../../../src/executor/process/docker-sandbox.ts';
import { imageLaunch } from '../../../src/executor/process/image-launch.ts';
import { prepareImage } from '../../../src/executor/process/image-sandbox.ts';
import { shellCommand, shellEnvironment } from '../../../src/executor/process/shell.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('executor images');

const WWW = { name: 'www', uid: 81, gid: 82, groups: [] };

interface Machine {
  readonly root: string;
  /** A program of that name that does this, in shell, after it wrote down its words. */
  program(name: string, body?: string): void;
  /** How the programs were called, a line each. */
  calls(): readonly string[];
}

async function machine(body: (machine: Machine) => void | Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'aurora-image-'));
  const bin = join(root, 'bin');
  const log = join(root, 'calls');
  mkdirSync(bin);
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  const program = (name: string, text = '') => {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${log}\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const name of ['groupadd', 'useradd', 'mount', 'chroot']) program(name);
  program('getent', 'echo "web:x:82:"');
  try {
    await body({
      root,
      program,
      calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    });
  } finally {
    process.env.PATH = path;
    rmSync(root, { recursive: true, force: true });
  }
}

function place(root: string, user: typeof WWW | undefined = WWW) {
  const runDirectory = join(root, 'run');
  const sandbox = join(runDirectory, 'sandbox');
  for (const path of [sandbox, join(runDirectory, 'taskfs')]) mkdirSync(path, { recursive: true });
  return { runDirectory, sandbox, mountPoint: '/mnt/mesos/sandbox', user };
}

test('the role is made in the image, volumes and sandbox are mounted, network files are copied', () =>
  machine(({ root, calls }) => {
    const options = place(root);
    const [directory, file] = [join(root, 'data'), join(root, 'secret')];
    mkdirSync(directory);
    writeFileSync(file, 'x');
    const rootfs = prepareImage({ ...options, volumes: ['taskfs', directory, file] });
    assert.is(rootfs, join(options.runDirectory, 'taskfs'));
    assert.equal(calls(), [
      'getent group 82',
      `groupadd -R ${rootfs} -g 82 web`,
      `useradd -R ${rootfs} -u 81 -g 82 www`,
      `mount -n --rbind ${directory} ${join(rootfs, directory)}`,
      `mount -n --rbind ${file} ${join(rootfs, file)}`,
      `mount -n --rbind ${options.sandbox} ${rootfs}/mnt/mesos/sandbox`,
    ]);
    assert.ok(statSync(join(rootfs, directory)).isDirectory());
    assert.ok(statSync(join(rootfs, file)).isFile());
    assert.is(readFileSync(join(rootfs, 'etc/hosts'), 'utf8'), readFileSync('/etc/hosts', 'utf8'));
  }));

test('with --no-create-user nobody is made', () =>
  machine(({ root, calls }) => {
    prepareImage({ ...place(root), user: undefined, volumes: [] });
    assert.equal(
      calls().map((call) => call.split(' ')[0]),
      ['mount'],
    );
  }));

for (const [what, there, problem] of [
  ['the same', 'uid=81(www) gid=82(web) groups=82(web)', undefined],
  ['another', 'uid=99(www) gid=82(web) groups=82(web)', /user www: it is "uid=99\(www\)/],
  ['one whose name only begins alike', 'uid=81(www) gid=82(web)x', /user www: it is/],
] as const)
  test(`a user that is there already must be the same: ${what}`, () =>
    machine(({ root, program }) => {
      for (const [name, code] of [
        ['groupadd', 9],
        ['useradd', 4],
      ] as const)
        program(name, `exit ${code}`);
      program('chroot', `case "$2" in getent) echo web:x:82: ;; id) echo '${there}' ;; esac`);
      const prepare = () => prepareImage({ ...place(root), volumes: [] });
      if (problem) assert.throws(prepare, problem);
      else prepare();
    }));

for (const [program, body, says] of [
  ['groupadd', 'echo no space >&2; exit 10', /could not be prepared: groupadd web: no space/],
  ['useradd', 'echo locked >&2; exit 1', /could not be prepared: useradd www: locked/],
  ['mount', 'echo not permitted >&2; exit 32', /could not be prepared: mounting .*sandbox: not permitted/],
] as const)
  test(`a step that is refused is named: ${program}`, () =>
    machine((world) => {
      world.program(program, body);
      assert.throws(() => prepareImage({ ...place(world.root), volumes: [] }), says);
    }));

test('an image that the agent has not mounted is said to be missing', () =>
  machine(({ root }) => {
    const options = place(root);
    rmSync(join(options.runDirectory, 'taskfs'), { recursive: true });
    assert.throws(() => prepareImage({ ...options, volumes: [] }), /the agent has mounted no image there/);
  }));

test('a containerizer that cannot be run is named, with the flag that names another', () =>
  machine(({ root }) => {
    const plain = join(root, 'plain');
    writeFileSync(plain, '');
    for (const path of [join(root, 'none'), plain, root])
      assert.throws(() => imageLaunch(path, '/r', '/m'), /there is no mesos-containerizer/);
  }));

for (const [what, help, words] of [
  [
    'newer',
    '--launch_info=VALUE',
    (rootfs: string) => [
      `--launch_info={"rootfs":"${rootfs}","user":"www","working_directory":"/mnt/box","command":{"shell":false,"value":"/bin/bash","arguments":["/bin/bash","-c","echo hi"]}}`,
    ],
  ],
  [
    'older',
    '--command=VALUE',
    (rootfs: string) => [
      '--working_directory=/mnt/box',
      `--rootfs=${rootfs}`,
      '--user=www',
      '--command={"shell":false,"value":"/bin/bash","arguments":["/bin/bash","-c","echo hi"]}',
    ],
  ],
] as const)
  test(`commands enter the image by way of the ${what} containerizer, as root until they are in`, () =>
    machine(({ root, program }) => {
      program('mesos-containerizer', `echo 'usage: ${help}' >&2; exit 1`);
      const containerizer = join(root, 'bin/mesos-containerizer');
      const image = imageLaunch(containerizer, '/run/taskfs', '/mnt/box');
      const setting = {
        sandbox: join(root, 'sandbox'),
        account: WWW,
        switchUser: true,
        env: { PATH: '/bin', SECRET: 'x' },
        preserveEnv: false,
        image,
      };
      const { argv, user } = shellCommand('echo hi', setting);
      assert.equal(argv, [containerizer, 'launch', '--unshare_namespace_mnt', ...words('/run/taskfs')]);
      assert.is(user, undefined, 'the containerizer has to be root and becomes the user itself');
      assert.equal(shellEnvironment(setting), {
        PATH: '/bin',
        HOME: '/mnt/box',
        LOGNAME: 'www',
        USER: 'www',
      });
      mkdirSync(setting.sandbox);
      writeFileSync(join(setting.sandbox, '.thermos_profile'), '');
      assert.is(shellEnvironment(setting).BASH_ENV, '/mnt/box/.thermos_profile');
    }));

test('in Docker the run directory of the host leads to the mounted sandbox', () =>
  machine(({ root }) => {
    const mounted = join(root, 'mnt/mesos/sandbox');
    const runDirectory = join(root, 'var/lib/mesos/slaves/s/runs/latest');
    mkdirSync(mounted, { recursive: true, mode: 0o700 });
    linkRunDirectory(runDirectory, mounted);
    assert.ok(lstatSync(runDirectory).isSymbolicLink());
    assert.is(readlinkSync(runDirectory), mounted);
    assert.is(statSync(mounted).mode & 0o777, 0o755);
    assert.throws(() => linkRunDirectory(runDirectory, mounted), /the sandbox could not be linked: EEXIST/);
    linkRunDirectory(mounted, mounted);
  }));

test.run();
