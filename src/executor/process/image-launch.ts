/** Runs commands in a filesystem image through Mesos' containerizer. Source: both dialects of the original. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { AuroraError } from '../../base/errors.ts';

export interface ImageLaunch {
  readonly containerizer: string;
  /** Whether the containerizer takes everything in one flag, --launch_info. */
  readonly takesLaunchInfo: boolean;
  /** Root of the image on the host. */
  readonly rootfs: string;
  /** Path of the sandbox inside the image, which is also the working directory there. */
  readonly mountPoint: string;
}

const ASK_LIMIT_MS = 10_000;

/**
 * Asks the containerizer which flags it takes.
 * @throws AuroraError EXECUTOR when it does not exist or is not executable
 */
export function imageLaunch(containerizer: string, rootfs: string, mountPoint: string): ImageLaunch {
  try {
    accessSync(containerizer, constants.X_OK);
    if (!statSync(containerizer).isFile()) throw new Error('it is no file');
  } catch {
    throw new AuroraError(
      'EXECUTOR',
      'the task needs a filesystem image, and there is no mesos-containerizer',
      {
        where: containerizer,
        next: 'set --mesos-containerizer-path to an executable file',
      },
    );
  }
  const asked = spawnSync(containerizer, ['launch'], { encoding: 'utf8', timeout: ASK_LIMIT_MS });
  return { containerizer, takesLaunchInfo: /launch_info/.test(asked.stderr ?? ''), rootfs, mountPoint };
}

/** The command line that runs `shell` (program and arguments) inside the image as that user. */
export function insideImage(
  { containerizer, takesLaunchInfo, rootfs, mountPoint }: ImageLaunch,
  user: string,
  shell: readonly [string, ...string[]],
): [string, ...string[]] {
  const command = { shell: false, value: shell[0], arguments: shell };
  const how = takesLaunchInfo
    ? [`--launch_info=${JSON.stringify({ rootfs, user, working_directory: mountPoint, command })}`]
    : [
        `--working_directory=${mountPoint}`,
        `--rootfs=${rootfs}`,
        `--user=${user}`,
        `--command=${JSON.stringify(command)}`,
      ];
  return [containerizer, 'launch', '--unshare_namespace_mnt', ...how];
}
