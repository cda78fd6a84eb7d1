import type { Container, Image, Volume, Wire } from '../../api/index.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/** The container of the task; by default a plain Mesos container. */
export function containerOf({ container }: Job): Wire<'Container'> {
  switch (container?.struct) {
    case undefined:
      return { mesos: {} };
    case 'Docker':
      return dockerOf(container.value);
    case 'Container':
      return dockerOf(container.value.docker);
    case 'Mesos': {
      const { image, volumes } = container.value;
      return { mesos: { ...(image ? { image: imageOf(image) } : {}), volumes: volumes.map(volumeOf) } };
    }
  }
}

const dockerOf = ({ image, parameters }: ResolvedStruct<'Docker'>): Container => ({
  docker: { image, parameters },
});

const imageOf = (image: NonNullable<ResolvedStruct<'Mesos'>['image']>): Image =>
  image.struct === 'DockerImage' ? { docker: image.value } : { appc: image.value };

const volumeOf = ({ containerPath, hostPath, mode }: ResolvedStruct<'Volume'>): Volume => ({
  containerPath,
  hostPath,
  mode,
});
