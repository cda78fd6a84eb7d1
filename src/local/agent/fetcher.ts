/**
 * Fetches the URIs of a command into its sandbox, one after the other. Archives are unpacked next to themselves with
 * the machine's own tools. `cache` is ignored: everything is fetched anew. Source: Mesos' fetcher; file names and texts
 * of golden/mesos sched-31.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, constants } from 'node:fs';
import { chmod, chown, copyFile, mkdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { CommandInfo } from '../../mesos/index.ts';
import { download } from './download.ts';
import type { UnixUser } from './unix-user.ts';

type Uri = NonNullable<CommandInfo['uris']>[number];

export interface FetchOptions {
  readonly sandbox: string;
  /** Owner of the fetched files, also used for unpacking; undefined means the same user as ours. */
  readonly user: UnixUser | undefined;
  /** Aborts the work; the promise then rejects. */
  readonly signal: AbortSignal;
}

/** Unpacking an archive is given up after this time. */
const UNPACK_TIMEOUT_MS = 10 * 60_000;

const TAR = /\.(tar|tgz|tbz2|txz|tar\.(gz|bz2|xz))$/;

/** Program and arguments that unpack `file` into `directory`; undefined when `file` is no archive. */
function unpackCommand(file: string, directory: string): readonly [string, readonly string[]] | undefined {
  if (TAR.test(file)) return ['tar', ['-C', directory, '--no-same-owner', '-xf', file]];
  if (extname(file) === '.zip') return ['unzip', ['-o', '-q', '-d', directory, file]];
  if (extname(file) === '.gz') return ['gunzip', ['-k', '-f', file]];
  return undefined;
}

/** @throws AuroraError MESOS when the name leads out of the sandbox. */
function targetName(uri: Uri): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\//i.test(uri.value) ? new URL(uri.value).pathname : uri.value;
  const name = normalize(uri.output_file || basename(decodeURIComponent(path)));
  if (name === '.' || name.startsWith('/') || name.split('/').includes('..') || name.includes('\0'))
    throw new AuroraError('MESOS', `"${name}" is not a file name inside the sandbox`, { where: uri.value });
  return name;
}

/** Makes sure that the target is inside the sandbox: an earlier archive may have created links that lead out. */
async function safeTarget(sandbox: string, name: string): Promise<string> {
  const target = join(sandbox, name);
  await mkdir(dirname(target), { recursive: true });
  const inside = `${await realpath(sandbox)}/`;
  if (!`${await realpath(dirname(target))}/`.startsWith(inside))
    throw new AuroraError('MESOS', `"${name}" leads out of the sandbox`);
  await rm(target, { force: true });
  return target;
}

async function bring(uri: Uri, target: string, signal: AbortSignal): Promise<void> {
  if (/^https?:\/\//i.test(uri.value)) return download(uri.value, target, signal);
  const source = uri.value.startsWith('file://') ? fileURLToPath(uri.value) : uri.value;
  if (!source.startsWith('/'))
    throw new AuroraError('MESOS', 'only absolute paths, file://, http:// and https:// can be fetched');
  if (!(await stat(source)).isFile()) throw new AuroraError('MESOS', 'it is not a file');
  await copyFile(source, target, constants.COPYFILE_EXCL);
}

async function fetchOne(uri: Uri, options: FetchOptions): Promise<void> {
  const { sandbox, user, signal } = options;
  const target = await safeTarget(sandbox, targetName(uri));
  await bring(uri, target, signal);
  if (user) await chown(target, user.uid, user.gid);
  if (uri.executable) return chmod(target, 0o755);
  await chmod(target, 0o644);
  const unpack = uri.extract === false ? undefined : unpackCommand(target, dirname(target));
  if (!unpack) return;
  const [program, args] = unpack;
  await promisify(execFile)(program, [...args], {
    cwd: sandbox,
    env: { PATH: process.env.PATH },
    timeout: UNPACK_TIMEOUT_MS,
    signal,
    ...(user && { uid: user.uid, gid: user.gid }),
  });
}

/**
 * Fetches all URIs in order. The cause of a failure is also written to the sandbox's stderr, where the author of the
 * command will look.
 * @throws AuroraError MESOS for the first URI that could not be fetched; the remaining ones are not tried
 */
export async function fetchUris(uris: readonly Uri[], options: FetchOptions): Promise<void> {
  for (const uri of uris) {
    try {
      await fetchOne(uri, options);
    } catch (error) {
      const failure = new AuroraError('MESOS', `Failed to fetch '${uri.value}': ${messageOf(error)}`, {
        cause: error,
      });
      appendFileSync(join(options.sandbox, 'stderr'), `${failure.message}\n`);
      throw failure;
    }
  }
}
