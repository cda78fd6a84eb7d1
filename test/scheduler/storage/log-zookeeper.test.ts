import { suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { logSuite } from './log-suite.ts';
import { openLogAt } from './zookeeper-home.ts';

const test = suite('ZooKeeper log');

let server: ZooKeeperServer;
let logs = 0;
test.before(async () => {
  server = await startZooKeeper();
});
test.after(() => server.stop());

logSuite(test, async () => {
  const path = `/logs/suite-${++logs}`;
  return { open: async () => (await openLogAt(server.address, path)).log, destroy: async () => {} };
});

test.run();
