// Metadata, task links, the hooks flag, option helpers, an explicit executor with the standard name.
import {
  ExecutorConfig,
  GB,
  javaOptions,
  MB,
  Metadata,
  Process,
  port,
  pythonOptions,
  Resources,
  SequentialTask,
  Service,
} from 'aurora';

// the case puts a blank between all letters of what the helpers make
const spread = (options: string) => [...options].join(' ');
const options = spread(pythonOptions('f', 's', 'S', { output: 'app.jar', retry: 3 }));
const download = Process({
  name: 'download',
  cmdline: `curl ${options} https://repo.example.test/{{artifact}}-{{version}}.jar`,
});
const launch = Process({
  name: 'launch',
  cmdline: `java ${spread(javaOptions({ Xmx512m: null }, 'server'))} -jar app.jar --port=${port('http')}`,
});

export default [
  Service({
    cluster: 'south',
    role: 'books',
    environment: 'test',
    name: 'lib-{{version}}',
    enableHooks: true,
    contact: '{{role}}+{{environment}}@example.test',
    taskLinks: { logs: 'http://logs.example.test/{{name}}', home: 'http://example.test' },
    metadata: [
      Metadata({ key: 'version', value: '{{version}}' }),
      Metadata({ key: '{{keyname}}', value: '{{cluster}}/{{role}}/{{environment}}/{{name}}' }),
      Metadata({ key: 'empty', value: '' }),
    ],
    executorConfig: ExecutorConfig({ name: 'AuroraExecutor', data: 'ignored {{version}}' }),
    task: SequentialTask({
      processes: [download, launch],
      resources: Resources({ cpu: 1, ram: 768 * MB, disk: 2 * GB }),
    }),
  }).bind({ artifact: 'books', version: '3.4.5', keyname: 'path' }),
];
