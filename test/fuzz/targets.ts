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

/** Every target, with what makes it: loaded when it is asked for. */
const TARGETS: Readonly<Record<string, () => Promise<Targets>>> = {
  'thrift-binary': () => import('./targets/thrift.ts').then(({ thriftTargets }) => thriftTargets),
  'thrift-json': () => import('./targets/thrift.ts').then(({ thriftTargets }) => thriftTargets),
  'plain-json': () => import('./targets/thrift.ts').then(({ thriftTargets }) => thriftTargets),
  ...PLANTED,
};

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS).filter((name) => !(name in PLANTED));

/** The target of that name, which has to be one of TARGET_NAMES. */
export async function targetOf(name: string): Promise<FuzzTarget> {
  const target = (await TARGETS[name]?.())?.[name];
  if (!target) throw new Error(`no target ${name}`);
  return target;
}
