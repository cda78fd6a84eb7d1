// Image references that the client turns into digests.
import { Docker, imageDigest, Parameter, Service, SimpleTask } from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'img',
  environment: 'devel',
  task: SimpleTask('run', '/run.sh'),
});

export default [
  base.with({ name: 'direct', container: Docker({ image: imageDigest('team/app', '1.2.3') }) }),
  base.with({
    name: 'mesos-and-plain',
    container: Docker({ image: 'team/app:1.2.3', parameters: [Parameter({ name: 'label', value: 'v=1' })] }),
  }),
  base.with({
    name: 'in-command',
    task: SimpleTask('pull', `docker pull ${imageDigest('library/redis', '7-alpine')}`),
  }),
  base
    .with({ name: 'bound-tag', container: Docker({ image: imageDigest('team/{{app}}', '{{tag}}') }) })
    .bind({ app: 'web', tag: '9.0' }),
];
