/**
 * Keeps a second process out of a directory, even one in another container or on another machine that has mounted it.
 * Every process first writes a claim, a file of its own, and then looks for others; a claim whose owner lives means
 * that the directory is taken. As each writes before it looks, at least one of two that start together sees the other.
 *
 * How to know whether the owner of a claim lives: in the same boot of the same kernel and the same pid namespace, the
 * process table tells. Elsewhere a pid means nothing, so a heartbeat tells: the owner keeps increasing a count in its
 * file, and whoever looks waits for the count to change. The count is read by opening the file, to which even a network
 * file system returns current content. No clocks of two machines are compared.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Clock, sleep, type Timer } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import { makeFolder } from './make-folder.ts';
import { bootId, processEntry } from './process-id.ts';

/** The process that holds a directory. */
export interface ClaimOwner {
  readonly pid: number;
  /** Start time of the process, in clock ticks since boot. */
  readonly startTicks: number;
  readonly bootId: string;
  /** Empty where the system has none, as in many containers. */
  readonly machineId: string;
  /** The namespace of `pid`, as named by the kernel. */
  readonly pidNamespace: string;
  /** Host name, for messages only. */
  readonly host: string;
}

export interface DirectoryClaim {
  /** Whether we still hold the directory. Checks the disk only after the heartbeat may have stopped, as in a hung process. */
  held(): boolean;
  release(): void;
}

export interface ClaimOptions {
  readonly clock: Clock;
  /** The owner to record; default this process. */
  readonly owner?: ClaimOwner;
  /** Called when somebody considered us dead and removed our claim: nothing may be written to the directory after that. */
  readonly onLost: (error: AuroraError) => void;
}

const BEAT_MS = 5_000;
/** A claim whose count does not change within this time is considered abandoned. */
const SILENT_MS = 3 * BEAT_MS;
/** A claim last updated this long before ours, by the file system's clock, is considered abandoned at once. */
const LONG_DEAD_MS = 120_000;
const LOOK_MS = 250;

const CLAIM = /^claim-[0-9a-f-]{36}$/;
/** Lock files of older versions, which hold only the process (pid, start time, boot). */
const FORMER = /^lock-(\d+)-(\d+)-([0-9a-f]+)$/;
const COUNT_DIGITS = 10;

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** The owner record of this process, as others will read it. */
export const thisOwner = (): ClaimOwner => ({
  pid: process.pid,
  startTicks: processEntry(process.pid)?.startTicks ?? 0,
  bootId: bootId(),
  machineId: textOf('/etc/machine-id'),
  pidNamespace: pidNamespace(),
  host: hostname(),
});

interface Found {
  readonly count: string;
  readonly owner: ClaimOwner | undefined;
  readonly beatenMs: number;
}

/** Reads a claim; undefined when it is gone. */
function look(path: string): Found | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const text = readFileSync(file, 'utf8');
    let owner: ClaimOwner | undefined;
    try {
      owner = JSON.parse(text.slice(COUNT_DIGITS));
    } catch {
      // The file was just created and its owner is not written yet; the next look will see it.
    }
    return { count: text.slice(0, COUNT_DIGITS), owner, beatenMs: fstatSync(file).mtimeMs };
  } finally {
    closeSync(file);
  }
}

const isLivingHere = (pid: number, startTicks: number): boolean => {
  const entry = processEntry(pid);
  return entry !== undefined && !entry.zombie && entry.startTicks === startTicks;
};

/** Whether both owners are in the same process table (boot and pid namespace). */
const sharesTable = (a: ClaimOwner, b: ClaimOwner): boolean =>
  a.bootId === b.bootId && a.pidNamespace === b.pidNamespace && a.pidNamespace !== '';

/** Whether the owner of a claim is alive; waits for a heartbeat where the process table cannot tell. */
async function isLiving(path: string, own: ClaimOwner, ownPath: string, clock: Clock): Promise<boolean> {
  const first = look(path);
  if (!first) return false;
  if (first.owner && sharesTable(first.owner, own))
    return isLivingHere(first.owner.pid, first.owner.startTicks);
  const ours = look(ownPath);
  if (ours && ours.beatenMs - first.beatenMs > LONG_DEAD_MS) return false;
  for (const untilMs = clock.monotonicMs() + SILENT_MS; clock.monotonicMs() < untilMs; ) {
    await sleep(clock, LOOK_MS);
    const now = look(path);
    if (!now) return false;
    if (now.count !== first.count) return true;
  }
  return false;
}

function taken(directory: string, { host, pid }: Pick<ClaimOwner, 'host' | 'pid'>, isHere: boolean) {
  const where = isHere ? `process ${pid}` : `process ${pid} of ${host}, another machine or container`;
  return new AuroraError('DATA_DIR_LOCKED', `the data directory is in use by ${where}`, {
    where: directory,
    next: 'stop that scheduler, or choose another --data-dir',
  });
}

/** Keeps increasing the count in the file, as long as the file exists. */
function beating(path: string, clock: Clock, onLost: () => void) {
  let count = 0;
  let beatenMs = clock.monotonicMs();
  let timer: Timer | undefined;
  let isOver = false;
  const lose = () => {
    if (isOver) return;
    isOver = true;
    timer?.cancel();
    onLost();
  };
  const beat = () => {
    try {
      const file = openSync(path, 'r+');
      try {
        writeSync(file, String(++count).padStart(COUNT_DIGITS, '0'), 0);
      } finally {
        closeSync(file);
      }
      beatenMs = clock.monotonicMs();
    } catch (error) {
      // A full or failing disk. Others see the count stand still, and our log fails by itself; keep trying.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return lose();
    }
    timer = clock.after(BEAT_MS, beat);
  };
  timer = clock.after(BEAT_MS, beat);
  return {
    held() {
      if (!isOver && clock.monotonicMs() - beatenMs > 2 * BEAT_MS && !existsSync(path)) lose();
      return !isOver;
    },
    stop() {
      isOver = true;
      timer?.cancel();
    },
  };
}

/**
 * Claims a directory and creates it if it is missing.
 * @throws AuroraError DATA_DIR_LOCKED when a living process holds it. Finding out may take 15 s for a holder that is
 * not in our process table.
 */
export async function claimDirectory(
  directory: string,
  { clock, onLost, owner = thisOwner() }: ClaimOptions,
): Promise<DirectoryClaim> {
  makeFolder(directory, 0o700);
  const name = `claim-${randomUUID()}`;
  const path = join(directory, name);
  writeFileSync(path, `${'0'.repeat(COUNT_DIGITS)}${JSON.stringify(owner)}\n`, { flag: 'wx', mode: 0o600 });
  const heart = beating(path, clock, () =>
    onLost(
      new AuroraError('STORAGE', 'another process considered this data directory abandoned and claimed it', {
        where: directory,
        next: 'make sure that only one scheduler uses it',
      }),
    ),
  );
  const release = () => {
    heart.stop();
    rmSync(path, { force: true });
  };
  try {
    for (const other of readdirSync(directory)) {
      const former = FORMER.exec(other);
      if ((!former && !CLAIM.test(other)) || other === name) continue;
      const otherPath = join(directory, other);
      if (former) {
        const pid = Number(former[1]);
        if (owner.bootId.startsWith(former[3] as string) && isLivingHere(pid, Number(former[2])))
          throw taken(directory, { host: '', pid }, true);
      } else if (await isLiving(otherPath, owner, path, clock)) {
        const holder = look(otherPath)?.owner;
        throw taken(
          directory,
          holder ?? { host: '', pid: 0 },
          holder !== undefined && sharesTable(holder, owner),
        );
      }
      rmSync(otherPath, { force: true });
    }
  } catch (error) {
    release();
    throw error;
  }
  return { held: heart.held, release };
}

/** A claim for a directory that nobody else can use. */
export const unclaimed = async (): Promise<DirectoryClaim> => ({ held: () => true, release: () => {} });
