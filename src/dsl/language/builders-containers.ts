import type * as Fields from '../fields/container.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/** Runs the task in a container of the Docker engine. */
export function Docker(fields: Fields.DockerFields): Docker {
  return build('Docker', fields, callSite(Docker), []) as unknown as Docker;
}
export type Docker = Fields.Docker;

/** An option for `docker run`. */
export function Parameter(fields: Fields.ParameterFields): Parameter {
  return build('Parameter', fields, callSite(Parameter), []) as unknown as Parameter;
}
export type Parameter = Fields.Parameter;

/** An old wrapper around `Docker(...)`. */
export function Container(fields: Fields.ContainerFields): Container {
  return build('Container', fields, callSite(Container), []) as unknown as Container;
}
export type Container = Fields.Container;

/** Runs the task in a container made by Mesos itself. */
export function Mesos(fields: Fields.MesosFields = {}): Mesos {
  return build('Mesos', fields, callSite(Mesos), []) as unknown as Mesos;
}
export type Mesos = Fields.Mesos;

/** An image in Docker's format for `Mesos`. */
export function DockerImage(fields: Fields.DockerImageFields): DockerImage {
  return build('DockerImage', fields, callSite(DockerImage), []) as unknown as DockerImage;
}
export type DockerImage = Fields.DockerImage;

/** An image in the AppC format for `Mesos`. */
export function AppcImage(fields: Fields.AppcImageFields): AppcImage {
  return build('AppcImage', fields, callSite(AppcImage), []) as unknown as AppcImage;
}
export type AppcImage = Fields.AppcImage;

/** A directory of the machine that is mounted in the container. */
export function Volume(fields: Fields.VolumeFields): Volume {
  return build('Volume', fields, callSite(Volume), []) as unknown as Volume;
}
export type Volume = Fields.Volume;
