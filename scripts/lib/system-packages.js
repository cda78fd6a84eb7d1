// Installs what the tests need besides npm packages: a real ZooKeeper, a real browser and a real terminal. They are
// packages of Debian; root gets them installed, other users are told what to install.
import { existsSync } from 'node:fs';
import { giveUp, run } from './prepare.js';

const NEEDED = [
  { package: 'zookeeper', file: '/usr/share/java/zookeeper.jar' },
  { package: 'chromium', file: '/usr/bin/chromium' },
  { package: 'tmux', file: '/usr/bin/tmux' },
];

export function requirePrograms() {
  const missing = NEEDED.filter((need) => !existsSync(need.file)).map((need) => need.package);
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) giveUp(`the tests need ${missing.join(', ')}; run as root: ${command}`);
  console.error(`aurora: installing ${missing.join(', ')} with apt ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get update', 'apt-get', ['update', '-q'], { env });
  run(command, 'apt-get', command.split(' ').slice(1), { env });
}
