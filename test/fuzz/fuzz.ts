import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputsOf } from './inputs.ts';
import { NOTHING_YET } from './place.ts';
import { targetOf } from './targets.ts';

/** What is to be tried. */
export interface FuzzOrder {
  readonly name: string;
  readonly seed: number;
  readonly ms: number;
  /** Number of the first input. */
  readonly first: number;
  /** Only this one, in hexadecimal. */
  readonly input?: string | undefined;
}

/** Something wrong, with what it takes to see it again. */
export interface Finding {
  readonly name: string;
  readonly seed: number;
  readonly number: number;
  /** Hexadecimal. */
  readonly input: string;
  readonly text: string;
}

/** What came out of an order. */
export interface FuzzReport {
  readonly name: string;
  readonly seed: number;
  readonly executions: number;
  /** How many of the inputs were not refused. */
  readonly taken: number;
  readonly ms: number;
  readonly findings: readonly Finding[];
}

/** An input that has had so much of a processor never ends. */
const HANG_SECS = 10;
const LOOK_MS = 500;
/** Linux counts the processor time of others in hundredths of a second. */
const TICKS_PER_SEC = 100;

const LOADER = new URL('../../scripts/ts-loader.js', import.meta.url).href;
/** An input that makes the heap grow beyond this ends its process. */
const HEAP = '--max-old-space-size=768';

/** Where a process was when it ended without having done everything. */
interface Stop {
  readonly number: number;
  readonly text: string;
}

/** Processor time of a process; 0 when it is no more. */
function processorTicks(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** Runs orders in one process until all are done or one of them stops it. */
async function inProcess(
  orders: readonly FuzzOrder[],
  file: string,
  hangSecs: number,
  report: (one: FuzzReport) => void,
): Promise<Stop | undefined> {
  const none = Buffer.alloc(8);
  none.writeUInt32LE(NOTHING_YET, 4);
  writeFileSync(file, none);
  const child = fork(new URL('./worker.ts', import.meta.url), [file, JSON.stringify(orders)], {
    execArgv: ['--import', LOADER, HEAP],
  });
  const place = () => readFileSync(file);
  let stood = { place: place(), ticks: 0 };
  let hangs = false;
  const watch = setInterval(() => {
    const [now, ticks] = [place(), processorTicks(child.pid)];
    const idle = now.readUInt32LE(4) === NOTHING_YET;
    if (idle || !now.equals(stood.place)) stood = { place: now, ticks };
    else if (ticks - stood.ticks > hangSecs * TICKS_PER_SEC) {
      hangs = true;
      child.kill('SIGKILL');
    }
  }, LOOK_MS);
  child.on('message', report);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearInterval(watch);
  if (code === 0) return undefined;
  const text = hangs
    ? `does not end: has taken ${hangSecs} s of a processor`
    : `ends its process: ${signal ?? code}`;
  return { number: place().readUInt32LE(4), text };
}

/** Tries everything that was ordered, and gives a report for each. `told` hears of each when it is done. */
export async function fuzz(
  orders: readonly FuzzOrder[],
  told: (report: FuzzReport) => void = () => {},
  hangSecs = HANG_SECS,
): Promise<readonly FuzzReport[]> {
  const reports: FuzzReport[] = [];
  const add = (report: FuzzReport) => {
    reports.push(report);
    told(report);
  };
  const folder = mkdtempSync(join(tmpdir(), 'aurora-fuzz-'));
  try {
    while (reports.length < orders.length) {
      const stop = await inProcess(orders.slice(reports.length), join(folder, 'progress'), hangSecs, add);
      const order = orders[reports.length];
      if (stop === undefined || order === undefined) break;
      const { name, seed, first } = order;
      const { text } = stop;
      const number = stop.number === NOTHING_YET ? first : stop.number;
      const input = order.input ?? inputsOf(name, await targetOf(name), seed)(number).toString('hex');
      const findings = [{ name, seed, number, input, text }];
      add({ name, seed, executions: number - first + 1, taken: 0, ms: order.ms, findings });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return reports;
}
