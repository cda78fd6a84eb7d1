import { map, optional, repeated, required } from './schema.ts';

/** Volumes of a container. */
export const volumeMessages = {
  Volume: {
    mode: required(3, 'Volume.Mode'),
    container_path: required(1, 'string'),
    host_path: optional(2, 'string'),
    image: optional(4, 'Image'),
    source: optional(5, 'Volume.Source'),
  },
  'Volume.Source': {
    type: optional(1, 'Volume.Source.Type'),
    docker_volume: optional(2, 'Volume.Source.DockerVolume'),
    host_path: optional(5, 'Volume.Source.HostPath'),
    sandbox_path: optional(3, 'Volume.Source.SandboxPath'),
    secret: optional(4, 'Secret'),
    csi_volume: optional(6, 'Volume.Source.CSIVolume'),
  },
  'Volume.Source.DockerVolume': {
    driver: optional(1, 'string'),
    name: required(2, 'string'),
    driver_options: optional(3, 'Parameters'),
  },
  'Volume.Source.HostPath': {
    path: required(1, 'string'),
    mount_propagation: optional(2, 'MountPropagation'),
  },
  'Volume.Source.SandboxPath': {
    type: optional(1, 'Volume.Source.SandboxPath.Type'),
    path: required(2, 'string'),
  },
  'Volume.Source.CSIVolume': {
    plugin_name: required(1, 'string'),
    static_provisioning: optional(2, 'Volume.Source.CSIVolume.StaticProvisioning'),
  },
  'Volume.Source.CSIVolume.VolumeCapability': {
    block: optional(1, 'Volume.Source.CSIVolume.VolumeCapability.BlockVolume'),
    mount: optional(2, 'Volume.Source.CSIVolume.VolumeCapability.MountVolume'),
    access_mode: required(3, 'Volume.Source.CSIVolume.VolumeCapability.AccessMode'),
  },
  'Volume.Source.CSIVolume.VolumeCapability.BlockVolume': {},
  'Volume.Source.CSIVolume.VolumeCapability.MountVolume': {
    fs_type: optional(1, 'string'),
    mount_flags: repeated(2, 'string'),
  },
  'Volume.Source.CSIVolume.VolumeCapability.AccessMode': {
    mode: required(1, 'Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode'),
  },
  'Volume.Source.CSIVolume.StaticProvisioning': {
    volume_id: required(1, 'string'),
    volume_capability: required(2, 'Volume.Source.CSIVolume.VolumeCapability'),
    node_stage_secrets: map(3, 'Secret'),
    node_publish_secrets: map(4, 'Secret'),
    volume_context: map(5, 'string'),
  },
  MountPropagation: {
    mode: optional(1, 'MountPropagation.Mode'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const volumeEnums = {
  'Volume.Mode': { RW: 1, RO: 2 },
  'Volume.Source.Type': {
    UNKNOWN: 0,
    DOCKER_VOLUME: 1,
    HOST_PATH: 4,
    SANDBOX_PATH: 2,
    SECRET: 3,
    CSI_VOLUME: 5,
  },
  'Volume.Source.SandboxPath.Type': { UNKNOWN: 0, SELF: 1, PARENT: 2 },
  'Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode': {
    UNKNOWN: 0,
    SINGLE_NODE_WRITER: 1,
    SINGLE_NODE_READER_ONLY: 2,
    MULTI_NODE_READER_ONLY: 3,
    MULTI_NODE_SINGLE_WRITER: 4,
    MULTI_NODE_MULTI_WRITER: 5,
  },
  'MountPropagation.Mode': { UNKNOWN: 0, HOST_TO_CONTAINER: 1, BIDIRECTIONAL: 2 },
} as const;
