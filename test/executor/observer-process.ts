/** An observer as a process that can be killed: the first word is the work directory, one line on stdout is the port. */
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { startObserver } from '../../src/observer/main.ts';

const words = [`--mesos-root=${process.argv[2]}`, '--ip=127.0.0.1', '--port=0', '--polling_interval_secs=1'];
const { port } = await startObserver({ words, clock: systemClock, log: silentLogger });
console.log(port);
