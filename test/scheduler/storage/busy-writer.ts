import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { type Log, openLocalLog, openStorage } from '../../../src/scheduler/storage/index.ts';
import { sampleConfig, sampleTask } from './sample.ts';
import { openLogAt } from './zookeeper-home.ts';

/**
 * A process that writes until it is killed: `busy-writer.ts WHERE FIRST`. WHERE is a directory, or `zk://host:port/path`.
 * Write n makes task n and moves task n-5 on; its number goes to stdout when it is acknowledged. Snapshots are frequent.
 */
const [where, first] = [process.argv[2] as string, Number(process.argv[3])];
const AT_A_TIME = 40;

async function openLog(): Promise<Log> {
  const ensemble = /^zk:\/\/([^/]+)(\/.*)$/.exec(where);
  if (!ensemble) return openLocalLog({ directory: where, logger: silentLogger, clock: systemClock });
  return (await openLogAt(ensemble[1] as string, ensemble[2] as string)).log;
}

const storage = await openStorage({
  log: await openLog(),
  clock: systemClock,
  logger: silentLogger,
  onFatal: (error) => {
    console.error(error.text);
    process.exit(1);
  },
  snapshots: { logBytes: 20_000, intervalMs: 3_600_000 },
});

let next = first;
async function writeOn(): Promise<void> {
  for (;;) {
    const n = next++;
    await storage.write((tx) => {
      tx.tasks.save(sampleTask(`task-${n}`, n, 'PENDING', sampleConfig(`job-${n % 7}`)));
      const earlier = tx.tasks.get(`task-${n - 5}`);
      if (earlier) tx.tasks.save({ ...earlier, status: 'RUNNING' });
    });
    process.stdout.write(`${n}\n`);
  }
}
await Promise.all(Array.from({ length: AT_A_TIME }, writeOn));
