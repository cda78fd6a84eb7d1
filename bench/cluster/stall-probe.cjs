// Loaded into the scheduler before its own code. Measures how long the event loop is blocked and reports it on request.
// `ownMs` is the part of the longest stall in which the main thread itself computed, which is the event loop's share; in
// `threadsMs` V8's and libuv's helper threads count too. The rest of a stall is the machine's, which runs other programs.
const { readFileSync } = require('node:fs');

const EVERY_MS = Number(process.env.STALL_PROBE_MS ?? 5);
const MAIN_THREAD = `/proc/self/task/${process.pid}/schedstat`;

const mainMs = () => Number(readFileSync(MAIN_THREAD, 'latin1').split(' ', 1)[0]) / 1e6;
const allMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

let longest = { stallMs: 0, ownMs: 0, threadsMs: 0 };
let at = { ms: performance.now(), main: mainMs(), all: allMs() };

const look = () => {
  const now = { ms: performance.now(), main: mainMs(), all: allMs() };
  const stallMs = now.ms - at.ms - EVERY_MS;
  longest = {
    stallMs: Math.max(longest.stallMs, stallMs),
    ownMs: Math.max(longest.ownMs, Math.min(stallMs, now.main - at.main)),
    threadsMs: Math.max(longest.threadsMs, Math.min(stallMs, now.all - at.all)),
  };
  at = { ...now, ms: performance.now() };
};

setInterval(look, EVERY_MS).unref();
process.on('message', () => {
  look();
  process.send({ ...longest, heapBytes: process.memoryUsage().heapUsed });
  longest = { stallMs: 0, ownMs: 0, threadsMs: 0 };
});
process.channel.unref();
