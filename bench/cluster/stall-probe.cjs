// Loaded into the scheduler before its own code. Measures how long the event loop is blocked and reports it on request.
// `ownMs` is the part of the longest stall in which the process itself computed; the rest is the machine's.
const EVERY_MS = Number(process.env.STALL_PROBE_MS ?? 5);

let longest = { stallMs: 0, ownMs: 0 };
let atMs = performance.now();
let cpu = process.cpuUsage();

const look = () => {
  const nowMs = performance.now();
  const now = process.cpuUsage();
  const stallMs = nowMs - atMs - EVERY_MS;
  const ownMs = Math.min(stallMs, (now.user - cpu.user + now.system - cpu.system) / 1_000);
  longest = { stallMs: Math.max(longest.stallMs, stallMs), ownMs: Math.max(longest.ownMs, ownMs) };
  atMs = performance.now();
  cpu = now;
};

setInterval(look, EVERY_MS).unref();
process.on('message', () => {
  look();
  process.send({ ...longest, heapBytes: process.memoryUsage().heapUsed });
  longest = { stallMs: 0, ownMs: 0 };
});
process.channel.unref();
