import type { OneOf, Text } from '../language/text.ts';
import type { Value } from '../language/value.ts';

/** Fields of {@link Docker}. */
export interface DockerFields {
  /** Image with its tag or digest, for example `registry.example.test/shop/web:4.2`. */
  readonly image: Text;
  /**
   * Options for `docker run`, where the operator allows them.
   * @default []
   */
  readonly parameters?: readonly (Parameter | ParameterFields)[] | undefined;
}

/** Runs the task in a container of the Docker engine. */
export type Docker = Value<'Docker', DockerFields>;

/** Fields of {@link Parameter}. */
export interface ParameterFields {
  /** Name of the option without dashes. */
  readonly name: Text;
  /** Value of the option. */
  readonly value: Text;
}

/** An option for `docker run`. */
export type Parameter = Value<'Parameter', ParameterFields>;

/** Fields of {@link Container}. */
export interface ContainerFields {
  /** The Docker container. */
  readonly docker: Docker | DockerFields;
}

/** An old wrapper; give `Docker(...)` itself. */
export type Container = Value<'Container', ContainerFields>;

/** Fields of {@link Mesos}. */
export interface MesosFields {
  /**
   * Image with the file system of the task; unset: the task sees the machine's.
   * @default unset
   */
  readonly image?: DockerImage | AppcImage | undefined;
  /**
   * Directories of the machine that are mounted in the container.
   * @default []
   */
  readonly volumes?: readonly (Volume | VolumeFields)[] | undefined;
}

/** Runs the task in a container made by Mesos itself. */
export type Mesos = Value<'Mesos', MesosFields>;

/** Fields of {@link DockerImage}. */
export interface DockerImageFields {
  /** Name of the image. */
  readonly name: Text;
  /** Tag of the image. */
  readonly tag: Text;
}

/** An image in Docker's format. */
export type DockerImage = Value<'DockerImage', DockerImageFields>;

/** Fields of {@link AppcImage}. */
export interface AppcImageFields {
  /** Name of the image. */
  readonly name: Text;
  /** Id of the image, for example `sha512-...`. */
  readonly imageId: Text;
}

/** An image in the AppC format. */
export type AppcImage = Value<'AppcImage', AppcImageFields>;

/** Fields of {@link Volume}. */
export interface VolumeFields {
  /** Path in the container. */
  readonly containerPath: Text;
  /** Path on the machine. */
  readonly hostPath: Text;
  /** `RW`: the task may write; `RO`: it may only read. */
  readonly mode: OneOf<'RW' | 'RO'>;
}

/** A directory of the machine that is mounted in the container. */
export type Volume = Value<'Volume', VolumeFields>;
