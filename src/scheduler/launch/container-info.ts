import {
  type DockerContainer,
  type MesosContainer,
  TASK_FILESYSTEM_MOUNT_POINT,
  type Volume as TaskVolume,
} from '../../api/index.ts';
import type { ContainerInfo, Volume } from '../../mesos/index.ts';

const taskVolume = ({ containerPath, hostPath, mode }: TaskVolume): Volume => ({
  container_path: containerPath,
  host_path: hostPath,
  mode: mode ?? 'RO',
});

/** The volume of an image; the executor makes it the root file system of the task. */
function imageVolume(image: NonNullable<MesosContainer['image']>): Volume {
  const at = { container_path: TASK_FILESYSTEM_MOUNT_POINT, mode: 'RO' } as const;
  return image.docker
    ? { ...at, image: { type: 'DOCKER', docker: { name: `${image.docker.name}:${image.docker.tag}` } } }
    : { ...at, image: { type: 'APPC', appc: { name: image.appc.name, id: image.appc.imageId } } };
}

/**
 * The executor's container for a task in a Mesos container; undefined when the task needs neither an image nor a
 * volume. (The original drops the volumes of a task without an image.)
 */
export function mesosContainerInfo(
  container: MesosContainer,
  mounts: readonly Volume[],
): ContainerInfo | undefined {
  if (container.image === undefined && container.volumes.length === 0) return undefined;
  const image = container.image ? [imageVolume(container.image)] : [];
  return { type: 'MESOS', volumes: [...mounts, ...container.volumes.map(taskVolume), ...image] };
}

/** A Docker container; its network is set by the parameters. */
export function dockerContainerInfo(container: DockerContainer, mounts: readonly Volume[]): ContainerInfo {
  const parameters = container.parameters.map(({ name, value }) => ({ key: name, value }));
  return {
    type: 'DOCKER',
    docker: { image: container.image, ...(parameters.length > 0 ? { parameters } : {}) },
    ...(mounts.length > 0 ? { volumes: mounts } : {}),
  };
}
