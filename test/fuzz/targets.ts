import type { FuzzTarget } from './target.ts';

type Targets = Readonly<Record<string, FuzzTarget>>;

const planted = () => import('./targets/planted.ts').then(({ plantedTargets }) => plantedTargets);
/** Readers with faults, for the test of what looks for them. */
const PLANTED = {
  'planted-throw': planted,
  'planted-hang': planted,
  'planted-memory': planted,
  'planted-change': planted,
};

const of = (names: readonly string[], load: () => Promise<Targets>) =>
  Object.fromEntries(names.map((name) => [name, load]));

/** Every target, with what makes it: loaded when it is asked for. */
const TARGETS: Readonly<Record<string, () => Promise<Targets>>> = {
  ...of(['thrift-binary', 'thrift-json', 'plain-json'], () =>
    import('./targets/thrift.ts').then(({ thriftTargets }) => thriftTargets),
  ),
  ...of(['recordio', 'mesos-json', 'mesos-protobuf', 'http-answers', 'zookeeper-packets'], () =>
    import('./targets/streams.ts').then(({ streamTargets }) => streamTargets),
  ),
  ...of(['http-head', 'http-bodies'], () =>
    import('./targets/http.ts').then(({ httpTargets }) => httpTargets),
  ),
  ...of(['log', 'snapshots', 'snapshot-ops', 'zookeeper-entries', 'backups'], () =>
    import('./targets/storage.ts').then(({ storageTargets }) => storageTargets),
  ),
  ...of(['crontab', 'ini', 'tokens', 'templates', 'checkpoints', 'python'], () =>
    import('./targets/files.ts').then(({ fileTargets }) => fileTargets),
  ),
  ...PLANTED,
};

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS).filter((name) => !(name in PLANTED));

/** The target of that name, which has to be one of TARGET_NAMES. */
export async function targetOf(name: string): Promise<FuzzTarget> {
  const target = (await TARGETS[name]?.())?.[name];
  if (!target) throw new Error(`no target ${name}`);
  return target;
}
