import type { Definitions } from './definitions.ts';

/** The container of a task, its executor, and the files fetched for it. */
export const CONTAINERS = {
  MesosFetcherURI: {
    struct: {
      value: [1, 'string'],
      extract: [2, 'bool', 'opt'],
      cache: [3, 'bool', 'opt'],
      outputFile: [4, 'string', 'opt'],
    },
  },
  ExecutorConfig: {
    struct: {
      name: [1, 'string'],
      data: [2, 'string', 'unset'],
    },
  },
  Volume: {
    struct: {
      containerPath: [1, 'string'],
      hostPath: [2, 'string'],
      mode: [3, 'Mode'],
    },
  },
  DockerImage: {
    struct: {
      name: [1, 'string'],
      tag: [2, 'string'],
    },
  },
  AppcImage: {
    struct: {
      name: [1, 'string'],
      imageId: [2, 'string'],
    },
  },
  Image: {
    union: {
      docker: [1, 'DockerImage'],
      appc: [2, 'AppcImage'],
    },
  },
  MesosContainer: {
    struct: {
      image: [1, 'Image', 'opt'],
      volumes: [2, 'list<Volume>', 'opt'],
    },
  },
  DockerParameter: {
    struct: {
      name: [1, 'string'],
      value: [2, 'string'],
    },
  },
  DockerContainer: {
    struct: {
      image: [1, 'string'],
      parameters: [2, 'list<DockerParameter>', 'opt'],
    },
  },
  Container: {
    union: {
      mesos: [1, 'MesosContainer'],
      docker: [2, 'DockerContainer'],
    },
  },
} as const satisfies Definitions;
