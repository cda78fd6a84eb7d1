/** A state that is replaced while others stand by, in a real ZooKeeper. */
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { openStorage, type Storage } from '../../../src/scheduler/storage/index.ts';
import { memoryTables } from '../../../src/scheduler/storage/tables.ts';
import { assert, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { sampleTask } from '../storage/sample.ts';
import { openLogAt } from '../storage/zookeeper-home.ts';

const test = suite('replaced state');
const LIMIT_MS = 60_000;

let server: ZooKeeperServer;
test.before(async () => {
  server = await startZooKeeper();
});
test.after(() => server.stop());

interface Standby {
  /** Resolves when so many records were read. */
  followed(records: number): Promise<void>;
  /** Lets it lead. */
  lead(): Promise<Storage>;
}

async function standby(path: string): Promise<Standby> {
  const { log } = await openLogAt(server.address, path);
  let records = 0;
  let look = () => {};
  let elect: () => void = () => {};
  const elected = new Promise<void>((resolve) => {
    elect = resolve;
  });
  const opening = openStorage({
    log: {
      ...log,
      recover: (reader, options) =>
        log.recover(
          {
            restart: reader.restart,
            apply(bytes) {
              const more = reader.apply(bytes);
              records++;
              look();
              return more;
            },
          },
          options,
        ),
    },
    clock: systemClock,
    logger: silentLogger,
    onFatal: () => {},
    lead: elected,
  });
  return {
    followed: (wanted) =>
      new Promise((resolve) => {
        look = () => records >= wanted && resolve();
        look();
      }),
    async lead() {
      elect();
      return opening;
    },
  };
}

const taskIds = (storage: Storage) =>
  storage.read(({ tasks }) => [...tasks.all()].map(({ assignedTask }) => assignedTask.taskId)).sort();

const save = (storage: Storage, taskId: string, instanceId: number) =>
  storage.write((tx) => void tx.tasks.save(sampleTask(taskId, instanceId)));

test(
  'those who had followed the old state lead with the new one, one after the other',
  async () => {
    const path = '/replaced';
    const first = await (await standby(path)).lead();
    const others = [await standby(path), await standby(path)] as const;
    await save(first, 'old-1', 0);
    await save(first, 'old-2', 1);
    for (const other of others) await other.followed(2);

    const restored = memoryTables();
    restored.fill(({ tasks }) => void tasks.save(sampleTask('restored', 0)));
    await first.replaceWith(restored);
    const second = await others[0].lead();
    assert.equal(taskIds(second), ['restored']);
    await save(second, 'new', 1);
    await second.close();

    const third = await others[1].lead();
    assert.equal(taskIds(third), ['new', 'restored']);
    await save(third, 'newer', 2);
    await third.close();
    const last = await (await standby(path)).lead();
    assert.equal(taskIds(last), ['new', 'newer', 'restored']);
    await last.close();
  },
  LIMIT_MS,
);

test.run();
