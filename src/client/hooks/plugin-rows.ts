import { messageOf } from '../../base/errors.ts';
import type { PluginOption } from '../../dsl/client-config.ts';
import { clustersWithHooks } from '../clusters.ts';
import type { Session } from '../session.ts';
import { commandModules } from './command-modules.ts';
import type { Fail } from './fail.ts';
import { type ModuleFile, moduleFiles } from './module-files.ts';

/** A flag and its description. */
type Row = readonly [flag: string, text: string];

/**
 * The flags that plugins add to a command, for help and completion. The modules are those that apply to the words.
 * Where the words name no cluster these are the modules of all clusters, and where they name no job file it is the
 * module of the working folder. A module that cannot be loaded is a warning.
 */
export async function pluginRows(
  session: Pick<Session, 'env' | 'complain'>,
  words: readonly string[],
  { readsFiles, fail }: { readonly readsFiles: boolean; readonly fail: Fail },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { path, cluster } of modulesFor(session, words, readsFiles)) {
    try {
      const { options } = await commandModules([{ path, cluster }], session, fail);
      const of = cluster === undefined ? '' : ` (cluster ${cluster})`;
      for (const [name, option] of Object.entries(options)) rows.push(rowOf(name, option, of));
    } catch (error) {
      session.complain(`flags of plugins are missing here: ${messageOf(error)}\n`);
    }
  }
  return rows;
}

function modulesFor(
  session: Pick<Session, 'env'>,
  words: readonly string[],
  readsFiles: boolean,
): readonly ModuleFile[] {
  const named = moduleFiles(session, words, readsFiles);
  const isOfCluster = ({ cluster }: ModuleFile) => cluster !== undefined;
  const ofClusters = named.some(isOfCluster)
    ? []
    : moduleFiles(
        session,
        clustersWithHooks(session).map(({ name }) => name),
        false,
      );
  // Any file of a folder leads to its module, and so does the module itself.
  const ofFolder = named.every(isOfCluster) ? moduleFiles(session, ['./aurora.config.ts'], readsFiles) : [];
  return [...named, ...ofClusters, ...ofFolder.filter((file) => !isOfCluster(file))];
}

function rowOf(name: string, { type, char, description, default: value }: PluginOption, of: string): Row {
  const short = char === undefined ? '' : `-${char}, `;
  const given = type === 'string' ? '=<value>' : '';
  const otherwise = typeof value === 'string' ? ` [default: ${value}]` : '';
  return [`${short}--${name}${given}`, `${description}${otherwise}${of}`];
}
